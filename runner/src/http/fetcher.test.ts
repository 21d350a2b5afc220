import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Answer, fine, inTurn, meet, status, textOf } from '../../testing/meet-web-server.ts';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { NotRetryable, Retryable, SourceBlocked, Throttled } from './request-errors.ts';

describe('a fetcher', () => {
  it('says who it is, counts what it did, and gives any answer that is no use asking again for', async () => {
    await using site = await meet(inTurn(fine, status(404)));
    expect(textOf(await site.get())).toBe('fine');
    expect((await site.get()).status).toBe(404);
    expect(site.requests[0]?.headers['user-agent']).toBe('trainer-test/1 (+mailto:owner@example.org)');
    expect(site.fetcher.traffic.total()).toMatchObject({ requests: 2, bytes: 4, refusals: 0 });
  });

  it('undoes compression, and stops a small body that grows too large', async () => {
    const compressed =
      (size: number): Answer =>
      (_, response) =>
        void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(size, 'a')));
    await using site = await meet(inTurn(compressed(5_000), compressed(5_000_000)));
    expect((await site.get()).body.byteLength).toBe(5_000);
    await expect(site.get()).rejects.toThrow(/larger than 10000 bytes/);
    expect(site.fetcher.traffic.total().bytes).toBeLessThan(10_000);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('tries again a %s body that ends early while its framing is whole', async (coding, compress) => {
    const whole = compress(Buffer.from('hello '.repeat(100)));
    const cutOff: Answer = (_, response) =>
      void response.writeHead(200, { 'content-encoding': coding }).end(whole.subarray(0, -1));
    await using site = await meet(cutOff);
    const failure = await site.get('/').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Retryable);
    expect(String(failure)).toMatch(/\/ cannot be reached: unexpected end of file$/);
    expect(site.requests).toHaveLength(4);
    expect(site.fetcher.traffic.total().failures).toBe(4);
  });

  it('takes a body whose coding nobody asked for or that is none, and goes on', async () => {
    const named =
      (coding: string | string[], body: Uint8Array): Answer =>
      (_, response) =>
        void response.setHeader('content-encoding', coding).end(body);
    const ten = Buffer.from('0123456789');
    await using site = await meet(
      inTurn(
        named('zstd', ten),
        named('base64', ten),
        named(['gzip', 'gzip'], gzipSync(gzipSync(ten))),
        named('compress', Buffer.from([0x1f, 0x9d, 0])),
        fine,
      ),
    );
    for (let turn = 0; turn < 3; turn++) expect(textOf(await site.get())).toBe('0123456789');
    await expect(site.get()).rejects.toThrow(/is not taken: the body comes in the encoding "compress"/);
    expect(textOf(await site.get())).toBe('fine');
  });

  it('stops a body that never ends', async () => {
    await using site = await meet((_, response) => {
      const more = () => response.write(Buffer.alloc(4_096)) && setImmediate(more);
      response.on('drain', more);
      more();
    });
    await expect(site.get()).rejects.toBeInstanceOf(NotRetryable);
    expect(site.requests).toHaveLength(1);
  });

  it('obeys Retry-After, for everyone of the source', async () => {
    await using site = await meet(inTurn(status(429, { 'retry-after': '90' }), fine));
    await site.get();
    expect(site.clock.sleeps[0]).toBeCloseTo(90_000);
    expect(site.requests).toHaveLength(2);
    const counted = site.fetcher.traffic.hosts.get(new URL(site.origin).host);
    expect(counted).toMatchObject({ requests: 2, refusals: 1, refusalsByStatus: { 429: 1 } });
    expect(counted?.waitedMs).toBeCloseTo(90_000);
  });

  it('obeys Retry-After as a date', async () => {
    const clock = virtualClock();
    const date = new Date(clock.now() + 45_000).toUTCString();
    await using site = await meet(inTurn(status(503, { 'retry-after': date }), fine), { clock });
    await site.get();
    expect(site.requests).toHaveLength(2);
  });

  it('does not wait for a host that names hours', async () => {
    await using site = await meet(status(429, { 'retry-after': '7200' }));
    await expect(site.get()).rejects.toThrow(/answered 429: it wants us to wait 7200 s/);
    await expect(site.get()).rejects.toBeInstanceOf(Throttled);
    expect(site.clock.sleeps.filter((ms) => ms > 1)).toEqual([]);
  });

  it('tries 5xx three times more, 1, 2 and 4 s apart, then gives up with the status', async () => {
    await using site = await meet(status(502, {}, '<html>Bad gateway</html>'));
    await expect(site.get('/a?key=secret')).rejects.toThrow(`${site.origin}/a answered 502`);
    expect(site.clock.sleeps.filter((ms) => ms >= 500)).toEqual([1_000, 2_000, 4_000]);
    expect(site.requests).toHaveLength(4);
  });

  it('shortens its waits by chance, so that runners do not return in step', async () => {
    await using site = await meet(inTurn(status(500), fine), { random: () => 1 });
    await site.get();
    expect(site.clock.sleeps).toContain(500);
  });

  it('tries again after a hang-up and a cut-off body', async () => {
    const cutOff: Answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    const hangUp: Answer = (request) => void request.socket.destroy();
    await using site = await meet(inTurn(hangUp, cutOff, fine));
    expect(textOf(await site.get())).toBe('fine');
    expect(site.fetcher.traffic.total()).toMatchObject({ requests: 3, failures: 2 });
  });

  it('gives up on a host that does not answer in time, and says how long it waited', async () => {
    await using site = await meet(() => {}, { timeoutMs: 50 });
    await expect(site.get()).rejects.toThrow(/gave no whole answer within 0\.05 s/);
    expect(site.fetcher.traffic.total()).toMatchObject({ requests: 4, failures: 4 });
  });

  it('tries again what the reader calls passing, such as a page of HTML where JSON was due', async () => {
    await using site = await meet(inTurn(status(200, {}, '<html>'), status(200, {}, '{}')));
    const parsed = await site.fetcher.fetch(`${site.origin}/`, {
      maxBytes: 100,
      read: (answer) => {
        if (textOf(answer).startsWith('<')) throw new Retryable('HTML');
        return JSON.parse(textOf(answer));
      },
    });
    expect(parsed).toEqual({});
  });

  it('leaves a host alone that only fails', async () => {
    await using site = await meet(status(403));
    for (let i = 0; i < 10; i++) expect((await site.get()).status).toBe(403);
    await expect(site.get()).rejects.toThrow(/refused 10 requests in a row/);
    await expect(site.get()).rejects.toBeInstanceOf(SourceBlocked);
    expect(site.requests).toHaveLength(10);
  });

  it('ends with the reason of the signal, and without another try', async () => {
    const stop = new AbortController();
    await using site = await meet(() => stop.abort(new Error('told to stop')));
    await expect(site.get('/', { signal: stop.signal })).rejects.toThrow('told to stop');
    expect(site.requests).toHaveLength(1);
  });
});
