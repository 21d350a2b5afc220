import { limits } from '@trainer/contract/limits';
import { expect, it, onTestFinished } from 'vitest';
import { createNodeApp } from '../../testing/create-node-app.ts';
import { problemOf } from '../../testing/problem-of.ts';

// Over a socket it is the client that reads the body, whatever becomes of it.

it('refuses a body that says it is too large before it is read', async () => {
  const app = await createNodeApp();
  onTestFinished(app.close);
  const body = new ReadableStream(
    { pull: () => Promise.reject(new Error('was read')) },
    { highWaterMark: 0 },
  );
  const response = await app.request('/api/build/start', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${app.tokens.trigger}`,
      'content-type': 'application/json',
      'content-length': String(limits.jsonBodyMaxBytes + 1),
    },
    body,
    duplex: 'half',
  } as RequestInit);
  expect(await problemOf(response)).toMatchObject({ code: 'too_large', status: 413 });
});
