import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewHook } from '@trainer/contract/hooks';
import { expect, it, onTestFinished } from 'vitest';
import { beginRun } from '../../testing/carry-run.ts';
import { createNodeApp, type NodeApp } from '../../testing/create-node-app.ts';
import { openReceiver } from '../../testing/receiver.ts';
import { recordLines } from '../logs/record-lines.ts';
import { sendDueDeliveries } from './deliveries.ts';

// The files of the database are searched, and the platform's errors are made to name what they like to name.

const events = ['run.started' as const];
const secrets = [
  'discord-t0ken-in-the-address',
  'ntfy-s3cret-topic',
  'tk_ntfyt0ken',
  'gotify.t0ken',
  'path-of-the-webhook',
];

async function makeHooks(app: NodeApp, url: string): Promise<string> {
  const hooks: NewHook[] = [
    { name: 'team', kind: 'discord', address: `${url}/api/webhooks/1/${secrets[0]}`, events },
    { name: 'topic', kind: 'ntfy', address: `${url}/${secrets[1]}`, secret: secrets[2], events },
    { name: 'phone', kind: 'gotify', address: url, secret: secrets[3] ?? '', events },
    { name: 'script', kind: 'webhook', address: `${url}/${secrets[4]}`, events },
  ];
  let signing = '';
  for (const body of hooks) signing = (await app.as('admin')('POST /api/hooks', { body })).secret ?? '';
  return signing;
}

it('no secret of a hook reaches the database, the log, an answer or an error, whatever the receiver repeats', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrecy-'));
  const app = await createNodeApp({ databasePath: join(folder, 'control-plane.db') });
  const receiver = await openReceiver();
  onTestFinished(async () => {
    await receiver[Symbol.asyncDispose]();
    await app.close();
    rmSync(folder, { recursive: true });
  });
  const lines: string[] = [];
  app.deps.record = async (...recorded) => {
    lines.push(...recorded.map(({ message }) => message));
    await recordLines(app.deps, recorded);
  };
  const signing = await makeHooks(app, receiver.url);
  const all = [...secrets, signing, signing.slice('whsec_'.length)];
  const parrots = () => Array.from({ length: 4 }, () => ({ status: 418, repeats: true }));

  const answers: unknown[] = [];
  receiver.answers.push(...parrots());
  for (const id of [1, 2, 3, 4])
    answers.push(await app.as('admin')('POST /api/hooks/{id}/test', { params: { id } }));
  for (let attempt = 0; attempt < 6; attempt += 1) {
    receiver.answers.push(...parrots());
    if (attempt === 0) await beginRun(app);
    else await sendDueDeliveries(app.deps);
    await app.settled();
    app.clock.advance(3 * 60 * 60_000);
  }
  // Errors of the platform like to name the address.
  app.deps.fetch = (url) => Promise.reject(new TypeError(`Failed to parse URL from ${url}`));
  for (const id of [1, 2, 3, 4]) {
    answers.push(await app.as('admin')('POST /api/hooks/{id}/test', { params: { id } }));
    answers.push(await app.as('admin')('GET /api/hooks/{id}/deliveries', { params: { id }, query: {} }));
  }
  answers.push(await app.as('admin')('GET /api/hooks'));

  expect(receiver.received).toHaveLength(28);
  expect(lines.filter((line) => line.includes('given up after'))).toHaveLength(4);
  const written = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString('latin1'));
  const places = {
    written,
    lines,
    logged: await app.logged(),
    answers: answers.map((each) => JSON.stringify(each)),
  };
  for (const [place, found] of Object.entries(places)) {
    for (const secret of all) expect(found.join('\n').includes(secret), `${secret} in ${place}`).toBe(false);
  }
  expect(written.join('')).toContain('127.0.0.1');
});
