// What onnxruntime makes of speech with the original Moonshine networks.
//
//   node moonshine.mjs ROOT MODEL DIR
//
// MODEL is base, tiny or tiny-float. For each DIR/<i>.pcm (raw float32, 16 kHz; i from 0 on) it
// writes DIR/<i>.frames (what the encoder gives, float32), DIR/<i>.logits (a row of float32 for each
// step of the decoder, the last being that which ends the text) and DIR/<i>.tokens (int32, without
// the end), with the plain greedy loop, at most 6.5 tokens a second.
//
// Looks for onnxruntime-node and the networks in ROOT/build/npm, where `make setup` puts them, and
// in $CHIP_TEST_NPM/node_modules. Exits with 77 when they are nowhere.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [root, name, dir] = process.argv.slice(2);
const npm = process.env.CHIP_TEST_NPM;
const TOKENS_PER_SECOND = 6.5;
const BOS = 1;
const EOS = 2;

const shapes = { base: { layers: 8, dim: 52 }, tiny: { layers: 6, dim: 36 } };
const { layers, dim } = shapes[name.split('-')[0]];
const heads = 8;

function missing(what) {
  console.log(`${what} is neither in ${root}/build/npm nor in $CHIP_TEST_NPM`);
  process.exit(77);
}

const homes = [path.join(root, 'build/npm/ort'), ...(npm ? [npm] : [])];
const home = homes.find((d) => fs.existsSync(path.join(d, 'node_modules/onnxruntime-node')));
if (!home) missing('onnxruntime-node');
const ort = createRequire(path.join(home, 'x'))('onnxruntime-node');

const inside = name === 'tiny-float' ? 'dist/model/tiny/float' : `dist/model/${name}/quantized`;
const scope = path.join(root, 'build/npm/@usefulsensors');
const unpacked = fs.existsSync(scope) ? fs.readdirSync(scope).map((d) => path.join(scope, d)) : [];
const installed = npm ? [path.join(npm, 'node_modules/@usefulsensors/moonshine-js')] : [];
const folder = [...unpacked, ...installed]
  .map((d) => path.join(d, inside))
  .find((d) => fs.existsSync(path.join(d, 'encoder_model.onnx')));
if (!folder) missing(`${inside} of @usefulsensors/moonshine-js`);

const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const open = (file) => ort.InferenceSession.create(path.join(folder, file), options);
const encoder = await open('encoder_model.onnx');
const decoder = await open('decoder_model_merged.onnx');

function emptyCache() {
  const past = {};
  for (let l = 0; l < layers; l++)
    for (const side of ['decoder', 'encoder'])
      for (const kind of ['key', 'value'])
        past[`past_key_values.${l}.${side}.${kind}`] = new ort.Tensor(
          'float32', new Float32Array(0), [0, heads, 1, dim]);
  return past;
}

function largest(row) {
  let at = 0;
  for (let i = 1; i < row.length; i++) if (row[i] > row[at]) at = i;
  return at;
}

async function decode(frames, maxTokens) {
  const past = emptyCache();
  const tokens = [];
  const rows = [];
  for (let token = BOS; tokens.length < maxTokens; ) {
    const result = await decoder.run({
      input_ids: new ort.Tensor('int64', [BigInt(token)], [1, 1]),
      encoder_hidden_states: frames,
      use_cache_branch: new ort.Tensor('bool', [tokens.length > 0], [1]),
      ...past,
    });
    rows.push(Float32Array.from(result.logits.data));
    for (const key of Object.keys(result)) {
      // With the cache branch, what concerns the encoder comes back empty: it stays as it is.
      if (key.startsWith('present') && (tokens.length === 0 || key.includes('decoder')))
        past[key.replace('present', 'past_key_values')] = result[key];
    }
    token = largest(rows.at(-1));
    if (token === EOS) break;
    tokens.push(token);
  }
  return { tokens, rows };
}

const write = (file, array) =>
  fs.appendFileSync(file, Buffer.from(array.buffer, array.byteOffset, array.byteLength));

for (let i = 0; fs.existsSync(path.join(dir, `${i}.pcm`)); i++) {
  const bytes = fs.readFileSync(path.join(dir, `${i}.pcm`));
  const pcm = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const input = { input_values: new ort.Tensor('float32', pcm, [1, pcm.length]) };
  const frames = (await encoder.run(input)).last_hidden_state;
  const { tokens, rows } = await decode(frames, Math.ceil((pcm.length / 16000) * TOKENS_PER_SECOND));
  write(path.join(dir, `${i}.frames`), frames.data);
  for (const row of rows) write(path.join(dir, `${i}.logits`), row);
  write(path.join(dir, `${i}.tokens`), Int32Array.from(tokens));
}
