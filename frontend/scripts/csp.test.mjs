// @vitest-environment node
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { inlineScripts, pagePath, policy, writePolicies } from "./csp.mjs";

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test("each inline script is allowed by its hash, once, byte for byte", () => {
  const html = "<script>a\n =1</script><script src=\"/x.js\" async></script><script id=\"t\">a\n =1</script>";
  expect(inlineScripts(html)).toEqual(["a\n =1", "a\n =1"]);
  expect(policy(html)).toContain(`script-src 'self' ${hash("a\n =1")};`);
});

test("no page may run other inline scripts, load from elsewhere or be framed", () => {
  const text = policy("<script>1</script>");
  expect(text).toContain("default-src 'none'");
  expect(text).toContain("frame-ancestors 'none'");
  expect(text.match(/script-src[^;]*/)[0]).not.toContain("unsafe");
  expect(text).not.toMatch(/https?:/);
});

test("csp.json names pages by their addresses", async () => {
  const folder = await mkdtemp(join(tmpdir(), "csp-"));
  try {
    await mkdir(join(folder, "meetings"));
    await writeFile(join(folder, "index.html"), "<script>one</script>");
    await writeFile(join(folder, "meetings/index.html"), "<script>two</script>");
    await writeFile(join(folder, "404.html"), "none");
    expect(await writePolicies(pathToFileURL(`${folder}/`))).toBe(3);
    const { default: other, pages } = JSON.parse(await readFile(join(folder, "csp.json"), "utf8"));
    expect(Object.keys(pages).sort()).toEqual(["/", "/404.html", "/meetings/"]);
    expect(pages["/"]).toContain(hash("one"));
    expect(pages["/meetings/"]).toContain(hash("two"));
    expect(other).not.toContain("sha256");
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(pagePath("meeting/index.html")).toBe("/meeting/");
});
