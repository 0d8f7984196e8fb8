import type { NextConfig } from "next";

// One app, two hostings. "local" is a folder of files that `chip serve` sends; it has no route handlers,
// which is why only .tsx files are pages there. Without it, the app is a server of its own.
const local = process.env.CHIP_HOSTING === "local";
const developing = process.env.NODE_ENV === "development";
const backend = process.env.BACKEND_URL ?? "http://127.0.0.1:8080";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  trailingSlash: true,
  skipTrailingSlashRedirect: true, // the API's paths have no slash at their end
  env: { CHIP_HOSTING: local || developing ? "local" : "hosted" },
  ...(local && { output: "export" as const, pageExtensions: ["tsx"] }),
  ...(developing && {
    compress: false, // or events would wait until there is enough to compress
    rewrites: async () => [{ source: "/api/:path*", destination: `${backend}/api/:path*` }],
  }),
};

export default config;
