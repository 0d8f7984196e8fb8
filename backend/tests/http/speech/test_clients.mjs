// The official clients, unchanged, against the real server with a worker that is played: npm
// packages openai and tus-js-client, which `make setup` puts in build/npm/clients. Exits with 77,
// which means "skipped", where they are not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const clients = path.join(here, '../../../../build/npm/clients');
for (const name of ['openai', 'tus-js-client']) {
  if (!existsSync(path.join(clients, 'node_modules', name))) {
    console.log(`skipped: ${name} is not in build/npm/clients; make setup fetches it`);
    process.exit(77);
  }
}
const require = createRequire(path.join(clients, 'package.json'));
const OpenAI = require('openai').default ?? require('openai');
const { toFile } = require('openai');
const tus = require('tus-js-client');

const TALK = 'segment 0 1500 0 Hello there.\nsegment 1600 3250 1 Good morning to you all.\n';
const TEXT = 'Hello there. Good morning to you all.';

let server, folder, base, client;
const waiting = [];

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'chip-test-clients-'));
  server = spawn(process.env.SPEECH_SERVER, [folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = new Promise((resolve) => {
    readline.createInterface({ input: server.stdout }).on('line', (line) => {
      if (line.startsWith('port ')) resolve(line.slice(5));
      for (const entry of [...waiting]) {
        if (line.startsWith(entry.start)) {
          waiting.splice(waiting.indexOf(entry), 1);
          entry.resolve(line.slice(entry.start.length));
        }
      }
    });
  });
  base = `http://127.0.0.1:${await port}`;
  client = new OpenAI({ apiKey: 'not-needed-on-loopback', baseURL: `${base}/v1` });
});

after(async () => {
  server.stdin.end();
  const [code] = await once(server, 'exit');
  rmSync(folder, { recursive: true });
  assert.equal(code, 0);
});

// The rest of the next line of the server that begins like that.
const waitFor = (start) => new Promise((resolve) => waiting.push({ start, resolve }));

const talk = (text = TALK, name = 'talk.wav') => toFile(Buffer.from(text), name);
const transcribe = async (more = {}, text = TALK, options = {}) =>
  client.audio.transcriptions.create(
    { file: await talk(text), model: 'whisper-1', ...more }, options);

// ---- openai -------------------------------------------------------------------------------------

test('openai: json, the default', async () => {
  const answer = await transcribe();
  assert.equal(answer.text, TEXT);
  assert.ok(answer._request_id);
});

test('openai: file names in other scripts and with quotes', async () => {
  const answer = await client.audio.transcriptions.create(
    { file: await talk(TALK, 'Grüße "1".wav'), model: 'gpt-4o-mini-transcribe' });
  assert.equal(answer.text, TEXT);
});

test('openai: text, srt and vtt are strings', async () => {
  assert.equal(await transcribe({ response_format: 'text' }), `${TEXT}\n`);
  const srt = await transcribe({ response_format: 'srt' });
  assert.match(srt, /^1\n00:00:00,000 --> 00:00:03,250\nHello there\./);
  assert.match(await transcribe({ response_format: 'vtt' }), /^WEBVTT\n\n00:00:00\.000 --> /);
});

test('openai: verbose_json with words and segments', async () => {
  const answer = await transcribe(
    { response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'] });
  assert.equal(answer.duration, 3.25);
  assert.equal(answer.language, 'english');
  assert.deepEqual(answer.words[0], { word: 'Hello', start: 0, end: 0.75 });
  assert.equal(answer.segments.map((s) => s.text).join(''), ` ${TEXT}`);
});

test('openai: diarized_json', async () => {
  const answer = await transcribe(
    { model: 'gpt-4o-transcribe-diarize', response_format: 'diarized_json',
      chunking_strategy: 'auto' });
  assert.deepEqual(answer.segments.map((s) => s.speaker), ['A', 'B']);
});

test('openai: streams, whose deltas add up', async () => {
  const stream = await transcribe({ model: 'gpt-4o-transcribe', stream: true });
  let text = '';
  let done;
  for await (const event of stream) {
    if (event.type === 'transcript.text.delta') text += event.delta;
    else done = event;
  }
  assert.equal(done.type, 'transcript.text.done');
  assert.equal(done.text, TEXT);
  assert.equal(text, TEXT);
});

test('openai: a stream that fails throws', async () => {
  const stream = await transcribe({ stream: true },
    'segment 0 100 0 First.\nfail bad_recording It ends there.\n');
  await assert.rejects(async () => {
    for await (const event of stream) assert.equal(event.type, 'transcript.text.delta');
  }, /It ends there\./);
});

test('openai: errors are of their classes', async () => {
  await assert.rejects(transcribe({ model: 'gpt-5' }), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, 'model_not_found');
    assert.equal(error.param, 'model');
    return true;
  });
  await assert.rejects(transcribe({ language: 'de' }), OpenAI.BadRequestError);
  await assert.rejects(transcribe({}, 'fail no_audio There is no sound.\n'), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.type, 'invalid_request_error');
    assert.match(error.message, /There is no sound\./);
    return true;
  });
});

test('openai: our failures are tried once', async () => {
  let n = 0;
  const counting = new OpenAI({ apiKey: 'x', baseURL: `${base}/v1`,
    fetch: (...args) => { n += String(args[0]).startsWith(base); return fetch(...args); } });
  await assert.rejects(
    counting.audio.transcriptions.create(
      { file: await talk('fail worker_lost It died.\n'), model: 'whisper-1' }),
    OpenAI.InternalServerError);
  assert.equal(n, 1);
});

test('openai: translations say why not', async () => {
  await assert.rejects(
    client.audio.translations.create({ file: await talk(), model: 'whisper-1' }),
    (error) => error instanceof OpenAI.BadRequestError && /English only/.test(error.message));
});

test('openai: models', async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.ok(names.includes('whisper-1'));
  assert.equal((await client.models.retrieve('whisper-1')).object, 'model');
  await assert.rejects(client.models.retrieve('none'), OpenAI.NotFoundError);
});

test('openai: an aborted request cancels its job', async () => {
  const controller = new AbortController();
  const claimed = waitFor('claimed ');
  const answer = transcribe({}, 'go\n', { signal: controller.signal });
  const id = (await claimed).split(' ')[0];
  const lost = waitFor(`lost ${id}`);
  controller.abort();
  await assert.rejects(answer, OpenAI.APIUserAbortError);
  await lost;
});

// ---- tus ----------------------------------------------------------------------------------------

const bytes = Buffer.from(Array.from({ length: 3 << 20 }, (_, i) => (i * 7919) & 255));
const sha256 = createHash('sha256').update(bytes).digest('hex');

// Resolves with the upload when it is complete, or as `until` says.
const upload = (options, until) =>
  new Promise((resolve, reject) => {
    const one = new tus.Upload(bytes, {
      endpoint: `${base}/api/uploads`, retryDelays: [0, 100, 500, 2000],
      metadata: { filename: 'Besprechung 1.wav', filetype: 'audio/wav' },
      onError: reject, onSuccess: () => resolve(one), ...until?.(resolve, () => one), ...options,
    });
    one.start();
  });

const check = async (one) => {
  const seen = await (await fetch(one.url)).json();
  assert.equal(seen.finished, true);
  assert.equal(seen.name, 'Besprechung 1.wav');
  assert.equal(seen.sha256, sha256);
  const data = readFileSync(path.join(folder, 'uploads', seen.uploadId, 'data'));
  assert.ok(data.equals(bytes));
};

test('tus: in one piece', async () => check(await upload({})));

test('tus: in chunks, the first with the creation', async () =>
  check(await upload({ chunkSize: 500000, uploadDataDuringCreation: true })));

test('tus: methods in a header', async () =>
  check(await upload({ chunkSize: 1 << 20, overridePatchMethod: true })));

test('tus: interrupted and resumed', async () => {
  const first = await upload({ chunkSize: 400000 }, (resolve, self) => ({
    onChunkComplete: async () => { await self().abort(); resolve(self()); },
  }));
  const state = await fetch(first.url, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  const offset = Number(state.headers.get('upload-offset'));
  assert.ok(offset >= 400000 && offset < bytes.length);
  const second = await upload({ uploadUrl: first.url });
  assert.equal(second.url, first.url);
  await check(second);
});

test('tus: terminated', async () => {
  const one = await upload({});
  await one.abort(true);
  assert.equal((await fetch(one.url)).status, 404);
});
