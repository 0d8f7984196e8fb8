// Smaller forms of the built files, made once: x.br and x.gz beside x. `chip serve` sends them to browsers that
// take them.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const worth = /\.(css|html|js|json|map|mjs|svg|txt|wasm|webmanifest|xml)$/;
const smallest = 1024; // below that a packet is a packet

function forms(content) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  return { br: brotliCompressSync(content, { params }), gz: gzipSync(content, { level: 9 }) };
}

// folder: URL that ends with a slash. Answers how many bytes there are, and how many by brotli.
export async function compressFolder(folder) {
  let plain = 0;
  let small = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    if (!worth.test(name) || name === "csp.json") continue;
    const path = new URL(name.split("/").map(encodeURIComponent).join("/"), folder);
    const content = await readFile(path);
    if (content.length < smallest) continue;
    const made = forms(content);
    for (const [ending, bytes] of Object.entries(made))
      if (bytes.length < content.length) await writeFile(new URL(`${path.href}.${ending}`), bytes);
    plain += content.length;
    small += Math.min(made.br.length, content.length);
  }
  return { plain, small };
}
