// Builds the app as files for `chip serve`, into out/, with the content security policy of each page.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { writePolicies } from "./csp.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const next = fileURLToPath(new URL("../node_modules/next/dist/bin/next", import.meta.url));
const built = spawnSync(process.execPath, [next, "build"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, CHIP_HOSTING: "local", NEXT_TELEMETRY_DISABLED: "1" },
});
if (built.status !== 0) process.exit(built.status ?? 1);

const pages = await writePolicies(new URL("../out/", import.meta.url));
console.log(`out/csp.json: policies of ${pages} pages`);
