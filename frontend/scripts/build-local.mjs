// Builds the app as files for `chip serve`, into out/, with the content security policy of each page.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { compressFolder } from "./compress.mjs";
import { writePolicies } from "./csp.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const next = fileURLToPath(new URL("../node_modules/next/dist/bin/next", import.meta.url));
const built = spawnSync(process.execPath, [next, "build"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, CHIP_HOSTING: "local", NEXT_TELEMETRY_DISABLED: "1" },
});
if (built.status !== 0) process.exit(built.status ?? 1);

const out = new URL("../out/", import.meta.url);
const pages = await writePolicies(out);
console.log(`out/csp.json: policies of ${pages} pages`);

const { plain, small } = await compressFolder(out);
console.log(`out/: ${Math.round(plain / 1024)} KiB, compressed ${Math.round(small / 1024)} KiB`);
