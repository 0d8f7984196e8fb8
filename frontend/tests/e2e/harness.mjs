// What every journey needs: a `chip serve` of its own, a browser, and pages that are watched.
//
//   CHIP        the program (build/chip)
//   CHIP_WEB_DIR  the exported app (frontend/out)
//   E2E_SHOTS   where screenshots go (build/screenshots)
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../../..");
export const chip = process.env.CHIP ?? join(root, "build/chip");
export const web = process.env.CHIP_WEB_DIR ?? join(root, "frontend/out");
export const sample = join(root, "build/sample/meeting.mp4");
const models = process.env.CHIP_MODELS_DIR ?? join(root, "models");
const shots = process.env.E2E_SHOTS ?? join(root, "build/screenshots");
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const PATIENCE = Number(process.env.E2E_PATIENCE ?? 60_000); // ms; for whatever is waited for, on a busy machine

/** What is missing for these tests; null: nothing. */
export function missing() {
  for (const [path, what] of [
    [chip, "the program: scripts/build.sh build"],
    [join(web, "index.html"), "the web app: scripts/web.sh build"],
    [join(models, "moonshine-base"), "the speech model: scripts/setup.sh"],
    [sample, "the sample meeting: make sample"],
    [browserPath, "Chromium: scripts/setup.sh test"],
  ])
    if (!existsSync(path)) return what;
  return null;
}

/** Starts `chip serve` with a data folder of its own. @returns {url, stop} */
export async function startServer(settings = {}) {
  const data = mkdtempSync(join(tmpdir(), "chip-e2e-"));
  const server = spawn(chip, ["serve"], {
    env: { PATH: process.env.PATH, PORT: "0", CHIP_DATA_DIR: data, CHIP_WEB_DIR: web, CHIP_MODELS_DIR: models, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  server.stderr.on("data", (bytes) => (log = (log + bytes).slice(-4000)));
  const url = await new Promise((done, fail) => {
    createInterface(server.stdout).on("line", (line) => {
      const said = /^chip listens on (\S+)/.exec(line);
      if (said) done(said[1].replace(/\/$/, ""));
    });
    server.on("exit", () => fail(new Error(`chip serve ended at once: ${log}`)));
  });
  return {
    url,
    async stop() {
      const ended = new Promise((done) => server.once("exit", done));
      if (server.exitCode === null) {
        server.kill("SIGTERM");
        await ended;
      }
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export async function startBrowser() {
  return chromium.launch({
    executablePath: browserPath,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--autoplay-policy=no-user-gesture-required",
      "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    ],
  });
}

/**
 * A page that is watched: `page.faults` collects what no page may do, whatever a test is about: a request to
 * another host, something that its policy forbids, a script that fails.
 */
export async function openPage(browser, base, options = {}) {
  const context = await browser.newContext({
    baseURL: base, viewport: { width: 1280, height: 860 }, reducedMotion: "reduce", acceptDownloads: true, ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.faults = [];
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith("http") && host !== new URL(base).host) page.faults.push(`request to ${host}`);
  });
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) page.faults.push(message.text());
  });
  page.on("pageerror", (error) => page.faults.push(String(error.stack ?? error)));
  return page;
}

/** Keeps a picture of the page as it is. */
export async function shoot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), animations: "disabled" });
}

/** Runs a job to its end without a browser. @returns its id */
export async function transcribe(base, body, fields = {}) {
  const form = new FormData();
  form.set("file", new Blob([body]), fields.name ?? "meeting.mp4");
  const upload = await (await fetch(`${base}/api/uploads`, { method: "POST", body: form })).json();
  const { uploadId = upload.id } = upload;
  const accepted = await fetch(`${base}/api/process`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ uploadId, ...(fields.title && { title: fields.title }) }),
  });
  if (accepted.status !== 202) throw new Error(`${accepted.status}: ${await accepted.text()}`);
  const { jobId } = await accepted.json();
  for (;;) {
    const job = await (await fetch(`${base}/api/jobs/${jobId}`)).json();
    if (job.status === "completed") return jobId;
    if (job.status === "failed") throw new Error(job.error.message);
    await new Promise((done) => setTimeout(done, 200));
  }
}
