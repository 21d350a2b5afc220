import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createNodeApp } from '../../testing/create-node-app.ts';
import { createApp } from '../app.ts';
import { serveFetch } from '../edge/node/serve-app.ts';

// Only behind a socket can a caller be gone.

it.each([
  ['/api/config', 'application/json'],
  ['/api/config.yaml', 'application/yaml'],
])('a caller that hangs up within a body for %s is no error of ours', async (path, type) => {
  const control = await createNodeApp();
  const app = createApp(control.deps);
  const begun = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<number>();
  const where = { host: '127.0.0.1', port: 0 };
  const server = await serveFetch(async (request) => {
    begun.resolve();
    const response = await app.fetch(request, { client: '192.0.2.1' });
    answered.resolve(response.status);
    return response;
  }, where);
  onTestFinished(async () => {
    await server.close();
    await control.close();
  });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    [
      `PUT ${path} HTTP/1.1`,
      'host: localhost',
      `authorization: Bearer ${control.tokens.admin}`,
      'if-match: "0"',
      `content-type: ${type}`,
      'content-length: 1000',
      '',
      '{"faces":',
    ].join('\r\n'),
  );
  await begun.promise;
  socket.destroy();
  expect(await answered.promise).toBe(499);
  expect(await control.logged()).toEqual([]);
});
