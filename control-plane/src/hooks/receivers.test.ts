import type { HookEvent } from '@trainer/contract/hook-events';
import type { NewHook } from '@trainer/contract/hooks';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beginRun, completeNext } from '../../testing/carry-run.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { openReceiver, type Receiver } from '../../testing/receiver.ts';
import { composeTest } from './compose-message.ts';
import { toDiscord, toGotify, toNtfy } from './receivers.ts';

let app: TestApp;
let receiver: Receiver;
beforeEach(async () => {
  app = await createTestApp({ publicUrl: new URL('https://trainer.example.org') });
  receiver = await openReceiver();
});
afterEach(async () => {
  vi.useRealTimers();
  await receiver[Symbol.asyncDispose]();
  await app.close();
});

const events: HookEvent[] = ['run.failed'];
const reason = '@everyone look at <https://evil.example> – “ёлка” 🎄';

/** Makes the hook, lets a run fail, and answers with what came. */
async function tell(hook: NewHook) {
  const { secret } = await app.as('admin')('POST /api/hooks', { body: hook });
  await beginRun(app);
  await completeNext(app, { outcome: 'failed', reason });
  await completeNext(app, { outcome: 'failed', reason: 'no answer' });
  await app.settled();
  const [request] = receiver.received;
  if (!request) throw new Error('Nothing came');
  return { request, body: JSON.parse(request.body), secret: secret ?? '' };
}

const title = 'Run 1 failed';
const text = `No source succeeded: 1.stashdb failed (${reason}); 1.boobpedia failed (no answer).`;
const link = 'https://trainer.example.org/runs/1';

describe('a webhook', () => {
  const hook: NewHook = { name: 'script', kind: 'webhook', address: '', events };

  it('is signed so that a receiver can verify it with its secret alone', async () => {
    const { request, body, secret } = await tell({ ...hook, address: `${receiver.url}/in?a=b` });
    expect(request.path).toBe('/in?a=b');
    expect(request.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'stash-sense-trainer',
      'webhook-id': body.id,
    });
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    // What verifies looks at the clock on the wall.
    vi.useFakeTimers({ toFake: ['Date'], now: app.clock.now() });
    expect(new Webhook(secret).verify(request.body, headers)).toEqual(body);
    expect(() => new Webhook(secret).verify(`${request.body} `, headers)).toThrow(/No matching signature/);
    vi.setSystemTime(app.clock.now() + 6 * 60_000);
    expect(() => new Webhook(secret).verify(request.body, headers)).toThrow(/too old/);
  });

  it('says everything, for programs and for people', async () => {
    const { body } = await tell({ ...hook, address: receiver.url });
    expect(body).toEqual({
      type: 'run.failed',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      time: new Date(app.clock.now()).toISOString(),
      data: {
        title,
        text,
        run_id: 1,
        status: 'failed',
        reason: text.slice(0, -1),
        source: null,
        version: null,
        performers: null,
        faces: null,
        errors: 0,
        link,
      },
    });
  });
});

describe('the preset for', () => {
  it('Discord mentions are disabled, whatever a name contains', async () => {
    const address = `${receiver.url}/api/webhooks/123456/a-Token_x?thread_id=9`;
    const { request, body } = await tell({ name: 'team', kind: 'discord', address, events });
    expect(request.path).toBe('/api/webhooks/123456/a-Token_x?thread_id=9');
    expect(body).toEqual({
      embeds: [
        {
          title,
          description: text,
          color: 0xd03b3b,
          timestamp: new Date(app.clock.now()).toISOString(),
          url: link,
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it.each([
    ['without a token', undefined, undefined],
    ['with one', 'tk_abc', 'Bearer tk_abc'],
  ])('ntfy publishes to the server, the topic in the body, %s', async (_, secret, authorization) => {
    const address = `${receiver.url}/my-topic`;
    const { request, body } = await tell({ name: 'phone', kind: 'ntfy', address, secret, events });
    expect(request.path).toBe('/');
    expect(request.headers.authorization).toBe(authorization);
    expect(body).toEqual({
      topic: 'my-topic',
      title,
      message: text,
      priority: 4,
      tags: ['rotating_light'],
      click: link,
    });
  });

  it.each(['', '/', '/push', '/push/'])('Gotify puts its token into a header: %j', async (path) => {
    const address = `${receiver.url}${path}`;
    const { request, body } = await tell({ name: 'phone', kind: 'gotify', address, secret: 'A.tok', events });
    expect(request.path).toBe(`${path.replace(/\/$/, '')}/message`);
    expect(request.headers['x-gotify-key']).toBe('A.tok');
    expect(body).toEqual({
      title,
      message: text,
      priority: 8,
      extras: { 'client::notification': { click: { url: link } } },
    });
  });
});

describe('a long text', () => {
  const target = { address: 'https://example.org/api/webhooks/1/x', secret: 'x' };

  it.each([
    ['Discord', toDiscord, 4_096],
    ['ntfy', toNtfy, 1_000],
    ['Gotify', toGotify, 4_000],
  ])('is cut to what %s takes, between characters', (_, toOutgoing, maxLength) => {
    for (const beginning of ['', '.']) {
      const message = composeTest('x', 0, null);
      message.data.text = `${beginning}${'🎄'.repeat(3_000)}`;
      const { embeds, message: plain } = JSON.parse(toOutgoing(target, message).body);
      const said: string = plain ?? embeds[0].description;
      expect(said).toMatch(/🎄…$/u);
      expect(said.isWellFormed()).toBe(true);
      expect(maxLength - said.length).toBeOneOf([0, 1]);
    }
  });
});
