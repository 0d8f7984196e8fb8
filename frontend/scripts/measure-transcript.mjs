// How smooth a three-hour meeting is: the exported page with 30,000 words, scrolled, sought in and played in
// Chromium. Prints what each frame costs. usage: npm run build:local && node scripts/measure-transcript.mjs
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { chromium } from "playwright-core";

const WORDS = 30_000;
const SECONDS = 3 * 3600;
const RATE = 8000; // of the silence that is played: one byte for each sample
const FRAME_MS = 16; // what goes on may take no longer
const JUMP_MS = 50; // a jump draws a new part of the transcript, once
const out = new URL("../out/", import.meta.url);
const jobId = "0b7e2f0e-2d5c-4c6e-9d53-0a4c5f6b7a88";

/* ---- a long meeting ---- */

function transcript() {
  const vocabulary = "we should decide about the launch before Monday because nobody knows whether payments work yet".split(" ");
  const step = SECONDS / WORDS;
  const segments = [];
  for (let w = 0; w < WORDS; ) {
    const n = 4 + ((w * 7919) % 19);
    const speaker = `S${1 + (Math.floor(segments.length / 3) % 6)}`;
    const words = Array.from({ length: Math.min(n, WORDS - w) }, (_, i) => {
      const start = (w + i) * step;
      const confidence = 0.2 + (((w + i) * 613) % 80) / 100;
      return { word: vocabulary[(w + i * 5) % vocabulary.length], start, end: start + step * 0.9, confidence, speaker };
    });
    const text = words.map((x) => x.word).join(" ");
    segments.push({ id: segments.length, start: words[0].start, end: words.at(-1).end, speaker, text, confidence: 0.8, words });
    w += words.length;
  }
  const speakers = Array.from({ length: 6 }, (_, i) => ({ id: `S${i + 1}`, name: "" }));
  const turns = segments.map(({ start, end, speaker }) => ({ start, end, speaker, confidence: 0.8 }));
  return { schema: "chip.transcript/1", model: "", language: "en", duration: SECONDS, speech: SECONDS, speakers, turns, segments, audit: [] };
}

const at = "2026-11-24T12:00:00Z";
const job = {
  jobId, status: "completed", stage: "write", progress: 100, speed: 20, etaSeconds: null, durationMs: SECONDS * 1000,
  title: "A long meeting", attempts: 1, maxAttempts: 3, source: null, options: {}, error: null, warnings: [], redo: null,
  seq: 1, createdAt: at, updatedAt: at, startedAt: at, finishedAt: at,
};
const analysis = {
  jobId, version: 1, title: job.title, language: "en", model: "", durationMs: job.durationMs, speakerCount: 6,
  transcript: transcript(), speakers: [], metrics: null, summary: null, topics: null, decisions: null,
  actionItems: null, minutes: null, receipt: null, createdAt: at, updatedAt: at,
};

/* ---- a server for it ---- */

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

function wave() {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + SECONDS * RATE, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(SECONDS * RATE, 40);
  return head;
}

function sound(request, response) {
  const size = 44 + SECONDS * RATE;
  const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
  const start = Number(from);
  const end = Math.min(to ? Number(to) : size - 1, start + (1 << 20) - 1);
  const bytes = Buffer.alloc(end - start + 1, 0x80);
  if (start < 44) wave().copy(bytes, 0, start);
  response.writeHead(206, { "Content-Type": "audio/wav", "Accept-Ranges": "bytes", "Content-Range": `bytes ${start}-${end}/${size}` });
  response.end(bytes);
}

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://x");
  const json = (value) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  if (pathname === `/api/jobs/${jobId}`) return json(job);
  if (pathname === `/api/jobs/${jobId}/analysis`) return json(analysis);
  if (pathname === `/api/jobs/${jobId}/audio`) return sound(request, response);
  try {
    if (pathname.startsWith("/api/")) throw new Error("not here");
    const file = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const body = await readFile(new URL(`.${file}`, out));
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404, { "Content-Type": "application/json" }).end('{"error":{"code":"not_found","message":"Not here."}}');
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const base = `http://127.0.0.1:${server.address().port}`;

/* ---- measuring ---- */

const SCRIPT = new Set(["FunctionCall", "EvaluateScript", "FireAnimationFrame", "RunMicrotasks", "EventDispatch", "TimerFire", "MajorGC", "MinorGC"]);
const LAYOUT = new Set(["Layout", "UpdateLayoutTree"]);

/** The page's main thread: the one that draws most frames. */
function mainThread(ends) {
  const count = new Map();
  for (const { pid } of ends) count.set(pid, (count.get(pid) ?? 0) + 1);
  const [pid] = [...count].sort((a, b) => b[1] - a[1])[0] ?? [];
  return ends.find((e) => e.pid === pid);
}

/**
 * Script and layout of each frame: what ran from the end of one frame to that of the next. It is time of the
 * processor, so other programs on the machine do not count. Layout that a script asked for is layout.
 */
function frames(trace) {
  const commits = trace.filter((e) => e.name === "Commit" && e.ph === "X");
  const thread = mainThread(commits);
  const isOurs = (e) => e.ph === "X" && e.pid === thread?.pid && e.tid === thread.tid;
  const ends = commits.filter(isOurs).map((e) => e.ts).sort((a, b) => a - b);
  const all = ends.map(() => ({ script: 0, layout: 0 }));
  let frame = 0;
  let done = 0; // what lies inside another script is counted with it
  const events = trace.filter((e) => isOurs(e) && (SCRIPT.has(e.name) || LAYOUT.has(e.name)));
  for (const { name, ts, dur = 0, tdur = dur } of events.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    while (frame + 1 < ends.length && ends[frame] <= ts) frame++;
    if (LAYOUT.has(name)) {
      all[frame].layout += tdur / 1000;
      if (ts < done) all[frame].script -= tdur / 1000;
    } else if (ts >= done) {
      all[frame].script += tdur / 1000;
      done = ts + dur;
    }
  }
  return all;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required"],
});
const page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
const slow = [];

async function measure(name, limitMs, act) {
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const all = frames(traceEvents);
  if (all.length === 0) throw new Error(`${name}: Chromium drew no frame`);
  const quantiles = (what) => {
    const sorted = all.map((f) => f[what]).sort((a, b) => a - b);
    return [0.5, 0.99, 1].map((q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]);
  };
  const script = quantiles("script");
  if (script[1] > limitMs) slow.push(`${name}: ${script[1].toFixed(1)} ms, more than ${limitMs}`);
  const text = (times) => times.map((t) => t.toFixed(1).padStart(5)).join(" /");
  console.log(`${name.padEnd(28)} ${String(all.length).padStart(4)} frames; ms of script ${text(script)}; of layout ${text(quantiles("layout"))}`);
}

const started = Date.now();
await page.goto(`${base}/meeting/?id=${jobId}`);
await page.getByRole("article").first().waitFor();
console.log(`${WORDS} words shown after ${Date.now() - started} ms, ${await page.locator("*").count()} elements`);

console.log("for each frame: median / 99 % / longest");
await page.mouse.move(400, 400);
await measure("scrolling", FRAME_MS, async () => {
  for (let i = 0; i < 120; i++) {
    await page.mouse.wheel(0, 240);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
});

const slider = await page.getByRole("slider", { name: "Position" }).boundingBox();
await measure("seeking all over the meeting", JUMP_MS, async () => {
  for (let i = 1; i <= 20; i++) {
    await page.mouse.click(slider.x + (slider.width * ((i * 7) % 20)) / 20 + 1, slider.y + slider.height / 2);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
});
await measure("playing at 3x, following", FRAME_MS, async () => {
  await page.evaluate(() => {
    const media = document.querySelector("video");
    media.currentTime = 0;
    media.playbackRate = 3;
    return media.play();
  });
  await page.waitForFunction(() => {
    const { currentTime } = document.querySelector("video");
    return currentTime > 15 && currentTime < 60;
  });
});
await browser.close();
server.close();
console.log(slow.length ? slow.join("\n") : "smooth");
process.exitCode = slow.length ? 1 : 0;
