// The peer: onnxruntime-node, one piece of speech at a time, greedy, at most 6.5 tokens a second.
//
//   node reference.mjs MODULES ONNX PIECES THREADS [NUMBER...]
//
// MODULES is a node_modules folder with onnxruntime-node, ONNX the folder with encoder_model.onnx
// and decoder_model_merged.onnx, PIECES what `bench_engine cut` wrote. NUMBERs choose pieces. Prints
// one JSON object; its times count the network alone: no start, no reading, no model loading, and
// one piece is run before the clock starts.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const TOKENS_A_SECOND = 6.5;
const RATE_HZ = 16000;
const BEGIN = 1;
const END = 2;

const [modules, onnx, folder, threads, ...numbers] = process.argv.slice(2);
const ort = createRequire(path.resolve(modules, 'bench.cjs'))('onnxruntime-node');

const options = {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
};
const started = performance.now();
const encoder = await ort.InferenceSession.create(path.join(onnx, 'encoder_model.onnx'), options);
const decoder = await ort.InferenceSession.create(
  path.join(onnx, 'decoder_model_merged.onnx'),
  options,
);
const openMs = performance.now() - started;

const caches = decoder.inputNames.filter((name) => name.startsWith('past_key_values'));
const [heads, headDim] = cacheShape();

// Each cache is [batch, heads, tokens, headDim]; older releases keep the shape to themselves.
function cacheShape() {
  const shape = decoder.inputMetadata?.find((input) => input.name === caches[0])?.shape;
  if (shape && typeof shape[1] === 'number' && typeof shape[3] === 'number')
    return [shape[1], shape[3]];
  return [8, caches.length / 4 === 8 ? 52 : 36];
}

function readPieces() {
  const bytes = fs.readFileSync(path.join(folder, 'samples.f32'));
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let at = 0;
  return fs
    .readFileSync(path.join(folder, 'index.tsv'), 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line)
    .map((line) => {
      const n = Number(line.split('\t')[2]);
      at += n;
      return samples.subarray(at - n, at);
    });
}

function emptyCaches() {
  const empty = () => new ort.Tensor('float32', new Float32Array(0), [0, heads, 1, headDim]);
  return Object.fromEntries(caches.map((name) => [name, empty()]));
}

function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

async function encode(pcm) {
  const input = new ort.Tensor('float32', pcm, [1, pcm.length]);
  return (await encoder.run({ [encoder.inputNames[0]]: input })).last_hidden_state;
}

async function decode(hidden, nSamples) {
  const limit = Math.ceil((nSamples / RATE_HZ) * TOKENS_A_SECOND);
  const past = emptyCaches();
  const tokens = [];
  let steps = 0;
  for (let token = BEGIN; tokens.length < limit; ) {
    const outputs = await decoder.run({
      input_ids: new ort.Tensor('int64', [BigInt(token)], [1, 1]),
      encoder_hidden_states: hidden,
      use_cache_branch: new ort.Tensor('bool', [steps > 0], [1]),
      ...past,
    });
    steps++;
    token = argmax(outputs.logits.data);
    if (token === END) break;
    tokens.push(token);
    // The encoder's keys and values come with the first step only.
    for (const name in outputs)
      if (name.startsWith('present') && (steps === 1 || name.includes('.decoder.')))
        past[name.replace('present', 'past_key_values')] = outputs[name];
  }
  return { tokens, steps };
}

const pieces = readPieces();
const chosen = numbers.length ? numbers.map(Number) : pieces.map((_, i) => i);
const result = { open_s: openMs / 1000, encoder_s: 0, decoder_s: 0, steps: 0, tokens: [] };
if (chosen.length) await decode(await encode(pieces[chosen[0]]), pieces[chosen[0]].length);
for (const number of chosen) {
  const pcm = pieces[number];
  const from = performance.now();
  const hidden = await encode(pcm);
  const between = performance.now();
  const { tokens, steps } = await decode(hidden, pcm.length);
  result.encoder_s += (between - from) / 1000;
  result.decoder_s += (performance.now() - between) / 1000;
  result.steps += steps;
  result.tokens.push(tokens);
}
console.log(JSON.stringify(result));
