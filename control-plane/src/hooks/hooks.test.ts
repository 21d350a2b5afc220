import type { Call } from '@trainer/contract/client';
import type { NewHook } from '@trainer/contract/hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { openReceiver, type Receiver } from '../../testing/receiver.ts';
import { hooks } from '../db/schema/hooks.ts';
import { createVault } from '../secrets/vault.ts';

let app: TestApp;
let owner: Call;
let receiver: Receiver;
beforeEach(async () => {
  app = await createTestApp();
  owner = app.as('admin');
  receiver = await openReceiver();
});
afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  await app.close();
});

const make = (hook: NewHook) => owner('POST /api/hooks', { body: hook });
const test = (id: number) => owner('POST /api/hooks/{id}/test', { params: { id } });
const gotify = (over: object = {}) => ({
  name: 'phone',
  kind: 'gotify' as const,
  address: receiver.url,
  secret: 'A-token',
  ...over,
});

describe('a hook', () => {
  it('subscribes to few events by default', async () => {
    expect(await make(gotify())).toMatchObject({
      events: ['run.finished_with_errors', 'run.failed', 'source.paused', 'version.published'],
      enabled: true,
      last_delivery: null,
    });
    const { events } = await make(gotify({ events: ['run.started', 'run.started'] }));
    expect(events).toEqual(['run.started']);
  });

  it('shows the host and the end of its address, and never its secret', async () => {
    const made = [
      await make({
        name: 'team',
        kind: 'discord',
        address: 'https://discord.com/api/webhooks/1234/0123456789abcdef-f3a1?thread_id=77',
      }),
      await make({ name: 'topic', kind: 'ntfy', address: 'https://ntfy.sh/my-topic', secret: 'tk_secret' }),
      await make({
        name: 'phone',
        kind: 'gotify',
        address: 'https://push.example.org:8443/',
        secret: 'A-token',
      }),
      await make({ name: 'script', kind: 'webhook', address: 'https://example.org/in?key=sesame' }),
    ];
    expect(made.map(({ hint, has_secret: hasSecret }) => [hint, hasSecret])).toEqual([
      ['discord.com/…f3a1', false],
      ['ntfy.sh/…', true],
      ['push.example.org:8443', true],
      ['example.org/…', true],
    ]);
    const listed = JSON.stringify(await owner('GET /api/hooks'));
    for (const secret of ['0123456789', 'my-topic', 'tk_secret', 'A-token', 'sesame', 'whsec_']) {
      expect(listed).not.toContain(secret);
    }
  });

  it('is given a signing secret, shown this once, unless one is brought', async () => {
    const made = await make({ name: 'script', kind: 'webhook', address: receiver.url });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const own = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(await make({ name: 'script', kind: 'webhook', address: receiver.url, secret: own })).toMatchObject(
      {
        secret: null,
        has_secret: true,
      },
    );
  });

  it.each<[string, object, string, string]>([
    ['an address that is none', { kind: 'webhook', address: 'example.org' }, 'address', 'http or https'],
    ['another protocol', { kind: 'webhook', address: 'ftp://example.org/x' }, 'address', 'http or https'],
    [
      'a password in the address',
      { kind: 'webhook', address: 'https://me:pass@example.org' },
      'address',
      'user name',
    ],
    [
      'another page of Discord',
      { kind: 'discord', address: 'https://discord.com/channels/1/2' },
      'address',
      '/api/webhooks/',
    ],
    ['ntfy without a topic', { kind: 'ntfy', address: 'https://ntfy.sh' }, 'address', 'the topic at its end'],
    [
      'a token in the address of ntfy',
      { kind: 'ntfy', address: 'https://ntfy.sh/t?auth=x' },
      'address',
      'the topic',
    ],
    [
      'a token in the address of Gotify',
      { kind: 'gotify', address: 'https://g.example/message?token=x', secret: 'x' },
      'address',
      'its own field',
    ],
    ['Gotify without a token', { kind: 'gotify', address: 'https://g.example' }, 'secret', 'expected string'],
    [
      'a token with spaces',
      { kind: 'gotify', address: 'https://g.example', secret: 'Bearer x' },
      'secret',
      'without spaces',
    ],
    [
      'a signing secret of another make',
      { kind: 'webhook', address: 'https://e.example', secret: 'hunter2' },
      'secret',
      'whsec_',
    ],
    [
      'a secret where none belongs',
      { kind: 'discord', address: 'https://d.example/api/webhooks/1/x', secret: 'x' },
      'secret',
      'not a known field',
    ],
    [
      'no event',
      { kind: 'webhook', address: 'https://e.example', events: [] },
      'events',
      'tick at least one',
    ],
  ])('is not made with %s', async (_, hook, field, sentence) => {
    const response = await app.request('/api/hooks', {
      method: 'POST',
      headers: { authorization: `Bearer ${app.tokens.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', ...hook }),
    });
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ code: 'invalid_request', errors: [{ field }] });
    expect(problem.detail).toContain(sentence);
    expect(problem.detail).not.toMatch(/hunter2|pass@|auth=/);
  });

  it('is changed without entering its address and secret again', async () => {
    const { id } = await make(gotify());
    const body = { name: 'tablet', kind: 'gotify' as const, events: ['run.failed' as const], enabled: true };
    expect(await owner('PUT /api/hooks/{id}', { params: { id }, body })).toMatchObject({
      name: 'tablet',
      events: ['run.failed'],
    });
    expect((await test(id)).ok).toBe(true);
    expect(receiver.received[0]?.headers['x-gotify-key']).toBe('A-token');
  });

  it('takes no token along to another address', async () => {
    const phone = await make(gotify());
    const topic = await make({ name: 't', kind: 'ntfy', address: `${receiver.url}/one`, secret: 'tk_1' });
    const rest = { name: 'x', events: ['run.failed' as const], enabled: true };
    await expect(
      owner('PUT /api/hooks/{id}', {
        params: { id: phone.id },
        body: { ...rest, kind: 'gotify', address: 'https://thief.example' },
      }),
    ).rejects.toMatchObject({
      errors: [{ field: 'secret', message: expect.stringContaining('enter the token again') }],
    });
    const moved = await owner('PUT /api/hooks/{id}', {
      params: { id: topic.id },
      body: { ...rest, kind: 'ntfy', address: `${receiver.url}/two` },
    });
    expect(moved.has_secret).toBe(false);
    await test(topic.id);
    expect(receiver.received[0]?.headers.authorization).toBeUndefined();
  });

  it('keeps its kind', async () => {
    const { id } = await make(gotify());
    const body = { name: 'x', kind: 'discord' as const, events: ['run.failed' as const], enabled: true };
    await expect(owner('PUT /api/hooks/{id}', { params: { id }, body })).rejects.toMatchObject({
      errors: [{ field: 'kind' }],
    });
  });

  it('is removed, and then known no more', async () => {
    const { id } = await make(gotify());
    await owner('DELETE /api/hooks/{id}', { params: { id } });
    expect(await owner('GET /api/hooks')).toEqual([]);
    const gone = { code: 'not_found', message: `There is no hook ${id}.` };
    await expect(owner('DELETE /api/hooks/{id}', { params: { id } })).rejects.toMatchObject(gone);
    await expect(test(id)).rejects.toMatchObject(gone);
    await expect(
      owner('GET /api/hooks/{id}/deliveries', { params: { id }, query: {} }),
    ).rejects.toMatchObject(gone);
  });

  it('says in the log who made, changed and removed it', async () => {
    const { id } = await make(gotify());
    await owner('PUT /api/hooks/{id}', {
      params: { id },
      body: { name: 'tablet', kind: 'gotify', events: ['run.failed'], enabled: false },
    });
    await owner('DELETE /api/hooks/{id}', { params: { id } });
    expect((await app.recorded()).map(({ message }) => message)).toEqual([
      'Hook "phone" (gotify) was created by test admin',
      'Hook "tablet" was changed by test admin',
      'Hook "tablet" was removed by test admin',
    ]);
  });
});

describe('the test button', () => {
  const host = () => new URL(receiver.url).host;

  it.each([
    [{ status: 200 }, true, /^\S+ answered 200$/],
    [
      { status: 404, body: 'Unknown Webhook' },
      false,
      /answered 404: this address does not exist there\. It says: Unknown Webhook$/,
    ],
    [{ status: 401 }, false, /answered 401: it does not accept the token$/],
    [
      { status: 302, headers: { location: '/elsewhere' } },
      false,
      /redirects to another address\. Redirects are not followed/,
    ],
    [{ status: 503 }, false, /answered 503: the receiver has an internal error$/],
  ])('answers with what the receiver said: %j', async (answer, ok, said) => {
    const { id } = await make(gotify());
    receiver.answers.push(answer);
    expect(await test(id)).toEqual({ ok, said: expect.stringMatching(said), took_ms: 0 });
    expect(receiver.received).toHaveLength(1);
  });

  it('reports a receiver that does not answer', async () => {
    const { id } = await make(gotify({ address: 'http://127.0.0.1:1' }));
    expect((await test(id)).said).toMatch(/^no answer from 127\.0\.0\.1:1: /);
  });

  it('waits ten seconds and no longer', async () => {
    const { id } = await make(gotify());
    receiver.answers.push({ hangs: true });
    const answer = test(id);
    await expect.poll(() => receiver.received.length).toBe(1);
    app.clock.advance(10_000);
    expect(await answer).toEqual({
      ok: false,
      said: `no answer from ${host()}: it took longer than 10 s`,
      took_ms: 10_000,
    });
  });

  it('does not repeat a secret that the receiver repeats, and reads no long answer', async () => {
    const { id } = await make({
      name: 't',
      kind: 'ntfy',
      address: `${receiver.url}/my-topic`,
      secret: 'tk_sesame',
    });
    receiver.answers.push({ status: 500, body: `no tk_sesame for "my-topic" ${'x'.repeat(100_000)}` });
    const { said } = await test(id);
    expect(said).toMatch(/It says: no … for "…" x+…$/);
    expect(said.length).toBeLessThan(420);
  });

  it('asks for the address again when it was sealed with another key', async () => {
    const { id } = await make(gotify());
    const address = await createVault('another key').seal(receiver.url);
    await app.deps.db.update(hooks).set({ address });
    expect((await test(id)).said).toBe(
      'the address cannot be opened with this SECRET_KEY: enter it again, with its secret',
    );
    await owner('PUT /api/hooks/{id}', {
      params: { id },
      body: {
        name: 'x',
        kind: 'gotify',
        events: ['run.failed'],
        enabled: true,
        address: receiver.url,
        secret: 'B',
      },
    });
    expect((await test(id)).ok).toBe(true);
  });
});
