import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { serveFetch } from './serve-app.ts';

const serve = (handle: () => Promise<Response>) => serveFetch(handle, { host: '127.0.0.1', port: 0 });

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
