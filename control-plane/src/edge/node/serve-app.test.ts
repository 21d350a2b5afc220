import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serveFetch } from './serve-app.ts';

const serve = (handle: () => Promise<Response>) => serveFetch(handle, { host: '127.0.0.1', port: 0 });

const seenRequest = z.object({ server: z.instanceof(EventEmitter) });

describe('a server', () => {
  it('goes on when a connection cannot be accepted', async () => {
    const seen: EventEmitter[] = [];
    const see = (message: unknown) => seen.push(seenRequest.parse(message).server);
    subscribe('http.server.request.start', see);
    const { port, close } = await serve(async () => new Response('ok'));
    await fetch(`http://127.0.0.1:${port}`);
    unsubscribe('http.server.request.start', see);
    expect(seen[0]?.emit('error', new Error('accept EMFILE: too many open files'))).toBe(true);
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('ok');
    await close();
  });
});

describe('closing', () => {
  it('does not wait for connections on which nothing was asked, as browsers open them ahead', async () => {
    const answer = Promise.withResolvers<Response>();
    const asked = Promise.withResolvers<void>();
    const { port, close } = await serve(() => {
      asked.resolve();
      return answer.promise;
    });
    const spare = connect(port, '127.0.0.1');
    await once(spare, 'connect');
    const waiting = fetch(`http://127.0.0.1:${port}`);
    await asked.promise;
    const closed = close();
    // The spare one ends before the request under way: after 5 s that would be cut as well.
    await once(spare, 'close');
    answer.resolve(new Response('at last'));
    expect(await (await waiting).text()).toBe('at last');
    await closed;
  });

  it('answers who waits already', async () => {
    const answer = Promise.withResolvers<Response>();
    const asked = Promise.withResolvers<void>();
    const { port, close } = await serve(() => {
      asked.resolve();
      return answer.promise;
    });
    const waiting = fetch(`http://127.0.0.1:${port}`);
    await asked.promise;
    const closed = close();
    answer.resolve(new Response('at last'));
    expect(await (await waiting).text()).toBe('at last');
    await closed;
  });
});
