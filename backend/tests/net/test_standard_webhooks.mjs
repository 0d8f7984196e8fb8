// Is what we sign what the official library of Standard Webhooks verifies?
//
//   SIGN=build/tests/net/sign node test_standard_webhooks.mjs
//
// Looks for the npm package standardwebhooks in build/npm/clients, where `make setup` puts it. Exits
// with 77 (skipped) when it is not there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const clients = path.join(here, '../../../build/npm/clients');
if (!fs.existsSync(path.join(clients, 'node_modules/standardwebhooks'))) {
  console.log('skipped: standardwebhooks is not in build/npm/clients; make setup fetches it');
  process.exit(77);
}
const { Webhook } = createRequire(path.join(clients, 'x'))('standardwebhooks');

const newSecret = (bytes) => `whsec_${crypto.randomBytes(bytes).toString('base64')}`;
const now = () => Math.floor(Date.now() / 1000);

function sign(secrets, id, timestamp, body) {
  const out = execFileSync(process.env.SIGN, [secrets, id, String(timestamp), body]);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': out.toString().trim(),
  };
}

const bodies = [
  '{}',
  '{"type":"job.completed","timestamp":"2026-11-24T12:00:00Z","data":{"job_id":"1"}}',
  '{"title":"Größe, 会議, \\"quoted\\"  and  blanks"}',
];

for (const bytes of [24, 32, 64])
  for (const body of bodies) {
    const secret = newSecret(bytes);
    const headers = sign(secret, crypto.randomUUID(), now(), body);
    assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
    assert.equal(
      headers['webhook-signature'],
      new Webhook(secret).sign(headers['webhook-id'], new Date(headers['webhook-timestamp'] * 1000), body),
    );
  }

// While secrets are changed, receivers with either one accept it, others do not.
{
  const [old, fresh, other] = [newSecret(32), newSecret(32), newSecret(32)];
  const headers = sign(`${fresh},${old}`, 'msg_1', now(), bodies[1]);
  new Webhook(old).verify(bodies[1], headers);
  new Webhook(fresh).verify(bodies[1], headers);
  assert.throws(() => new Webhook(other).verify(bodies[1], headers));
}

// Nothing of it can be changed.
{
  const secret = newSecret(32);
  const headers = sign(secret, 'msg_1', now(), bodies[1]);
  const hook = new Webhook(secret);
  assert.throws(() => hook.verify(`${bodies[1]} `, headers));
  assert.throws(() => hook.verify(bodies[1], { ...headers, 'webhook-id': 'msg_2' }));
  const later = String(Number(headers['webhook-timestamp']) + 1);
  assert.throws(() => hook.verify(bodies[1], { ...headers, 'webhook-timestamp': later }));
}
console.log('ok');
