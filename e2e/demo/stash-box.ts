import { parseArgs } from 'node:util';
import { startStashBox } from '../../runner/testing/stash-box/start-stash-box.ts';
import { demoCacheDir } from './cache-dir.ts';
import { makeWorld } from './make-world.ts';

/**
 * The demo's stash-box as a process of its own:
 * `node e2e/demo/stash-box.ts [--port 0] [--host 127.0.0.1] [--api-key demo-key] [--cache DIR]`.
 * One line of JSON on stdout, `{"url","api_key","performers","images"}`, says that it listens; SIGTERM and SIGINT end it.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'api-key': { type: 'string', default: 'demo-key' },
    cache: { type: 'string', default: demoCacheDir() },
  },
});

const world = await makeWorld(values.cache);
const box = await startStashBox({
  ...world,
  port: Number(values.port),
  host: values.host,
  apiKey: values['api-key'],
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void box.close());

const performers = world.performers.filter(({ deleted }) => !deleted).length;
console.log(JSON.stringify({ url: box.url, api_key: box.apiKey, performers, images: world.images.length }));
