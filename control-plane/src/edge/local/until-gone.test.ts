import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { untilGone } from './until-gone.ts';

it('resolves when the server has ended, and not while it answers with errors', async () => {
  let asked = 0;
  const enough = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    asked += 1;
    if (asked === 3) enough.resolve();
    response.writeHead(500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  let isGone = false;
  const gone = untilGone(`http://127.0.0.1:${port}`, { everyMs: 1 }).then(() => {
    isGone = true;
  });
  await enough.promise;
  expect(isGone).toBe(false);
  server.close();
  server.closeAllConnections();
  await gone;
});
