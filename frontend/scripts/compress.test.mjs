// @vitest-environment node
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compressFolder } from "./compress.mjs";

let folder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chip-compress-"));
});

afterEach(() => rm(folder, { recursive: true }));

const run = () => compressFolder(pathToFileURL(`${folder}/`));

test("text gets two smaller forms with the same content", async () => {
  const script = "console.log('hello');".repeat(200);
  await mkdir(join(folder, "a b"));
  await writeFile(join(folder, "a b/x#1.js"), script);
  const { plain, small } = await run();
  expect(brotliDecompressSync(await readFile(join(folder, "a b/x#1.js.br"))).toString()).toBe(script);
  expect(gunzipSync(await readFile(join(folder, "a b/x#1.js.gz"))).toString()).toBe(script);
  expect(plain).toBe(script.length);
  expect(small).toBeLessThan(200);
});

test("what would not get smaller, is small, or is for the server stays alone", async () => {
  await writeFile(join(folder, "tiny.css"), "a{}");
  await writeFile(join(folder, "photo.png"), "x".repeat(5000));
  await writeFile(join(folder, "csp.json"), "x".repeat(5000));
  await writeFile(join(folder, "noise.txt"), crypto.getRandomValues(new Uint8Array(5000)));
  await run();
  expect((await readdir(folder)).sort()).toEqual(["csp.json", "noise.txt", "photo.png", "tiny.css"]);
});

test("a second run makes no forms of forms", async () => {
  await writeFile(join(folder, "page.html"), "<p>hello</p>".repeat(200));
  await run();
  const { plain } = await run();
  expect(plain).toBe(2400);
  expect((await readdir(folder)).sort()).toEqual(["page.html", "page.html.br", "page.html.gz"]);
});
