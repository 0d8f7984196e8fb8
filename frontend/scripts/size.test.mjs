// @vitest-environment node
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const out = new URL("../out/", import.meta.url);
const LIMIT = 250_000; // bytes, compressed as gzip does it by default; brotli takes an eighth less

/** What a browser of today loads at once; `nomodule` is for those that know no modules. */
async function firstLoad(page) {
  const html = await readFile(new URL(page, out), "utf8");
  const sources = new Set();
  for (const [tag, source] of html.matchAll(/<script\b[^>]*\ssrc="([^"?]+)[^"]*"[^>]*>/g))
    if (!/\bnomodule\b/i.test(tag)) sources.add(source);
  let bytes = 0;
  for (const source of sources) bytes += gzipSync(await readFile(new URL(`.${source}`, out))).length;
  return { scripts: sources.size, bytes };
}

test.skipIf(!existsSync(new URL("index.html", out)))(
  "the start page loads less than 250 kB of scripts (skipped before npm run build:local)",
  async () => {
    const { scripts, bytes } = await firstLoad("index.html");
    console.log(`start page: ${scripts} scripts, ${(bytes / 1000).toFixed(1)} kB compressed`);
    expect(scripts).toBeGreaterThan(3);
    expect(bytes).toBeLessThan(LIMIT);
  },
);
