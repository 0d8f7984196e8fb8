// Content security policy of exported pages. Next.js writes a few inline scripts into each page, which
// start it. They are allowed by their hashes, so no other inline script runs. `chip serve` reads the result,
// out/csp.json: {"default": POLICY, "pages": {"/": POLICY, "/meetings/": POLICY, ...}}.
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";

// A browser hashes what is between the tags, as it stands there. Scripts with src have nothing there.
export function inlineScripts(html) {
  const found = [];
  for (const [, attributes, body] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi))
    if (!/\ssrc\s*=/i.test(attributes) && body !== "") found.push(body);
  return found;
}

export function policy(html) {
  const hashes = new Set(
    inlineScripts(html).map((s) => `'sha256-${createHash("sha256").update(s).digest("base64")}'`),
  );
  return [
    "default-src 'none'",
    ["script-src 'self'", ...hashes].join(" "),
    // The scroll lock of dialogs and the waveform's shadow root bring <style> elements of their own.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

// "/" for index.html, "/meetings/" for meetings/index.html, "/404.html" for 404.html
export function pagePath(file) {
  return `/${file}`.replace(/\/index\.html$/, "/");
}

export async function writePolicies(out) {
  const files = (await readdir(out, { recursive: true })).filter((f) => f.endsWith(".html")).sort();
  const pages = {};
  for (const file of files)
    pages[pagePath(file)] = policy(await readFile(new URL(file, out), "utf8"));
  const all = { default: policy(""), pages };
  await writeFile(new URL("csp.json", out), `${JSON.stringify(all, null, 2)}\n`);
  return files.length;
}
