// Probabilities of speech as onnxruntime computes them from the original Silero VAD v5.
//
//   node vad.mjs ROOT PCM OUT     raw float32, 16 kHz, in; float32, one for 512 samples, out
//
// Looks for onnxruntime-node and the model in ROOT/build/npm, where `make setup` puts them, and in
// $CHIP_TEST_NPM/node_modules. Exits with 77 when they are nowhere.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [root, input, output] = process.argv.slice(2);
const npm = process.env.CHIP_TEST_NPM;
const scope = path.join(root, 'build/npm/@ricky0123');
const unpacked = fs.existsSync(scope) ? fs.readdirSync(scope).map((name) => path.join(scope, name)) : [];

function missing(what) {
  console.log(`${what} is neither in ${root}/build/npm nor in $CHIP_TEST_NPM`);
  process.exit(77);
}

const homes = [path.join(root, 'build/npm/ort'), ...(npm ? [npm] : [])];
const home = homes.find((dir) => fs.existsSync(path.join(dir, 'node_modules/onnxruntime-node')));
if (!home) missing('onnxruntime-node');
const ort = createRequire(path.join(home, 'x'))('onnxruntime-node');

const packages = [...unpacked, ...(npm ? [path.join(npm, 'node_modules/@ricky0123/vad-web')] : [])];
const model = packages.map((dir) => path.join(dir, 'dist/silero_vad_v5.onnx')).find(fs.existsSync);
if (!model) missing('silero_vad_v5.onnx of @ricky0123/vad-web');

const session = await ort.InferenceSession.create(model, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const bytes = fs.readFileSync(input);
const pcm = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const sr = new ort.Tensor('int64', [16000n], []);
let state = new ort.Tensor('float32', new Float32Array(256), [2, 1, 128]);
let context = new Float32Array(64);
const probs = [];
for (let i = 0; i < pcm.length; i += 512) {
  const x = new Float32Array(576);
  x.set(context);
  x.set(pcm.subarray(i, Math.min(i + 512, pcm.length)), 64);
  context = x.slice(512);
  const result = await session.run({ input: new ort.Tensor('float32', x, [1, 576]), state, sr });
  state = result.stateN;
  probs.push(result.output.data[0]);
}
fs.writeFileSync(output, Buffer.from(new Float32Array(probs).buffer));
