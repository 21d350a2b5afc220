import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

it('is gone after it was given back', async () => {
  const { dir, remove } = await temporaryFolder('temporary-folder-test-');
  expect(existsSync(dir)).toBe(true);
  remove();
  expect(existsSync(dir)).toBe(false);
});

it.each(['SIGTERM', 'SIGHUP'] as const)('is gone after a command was ended by %s', async (signal) => {
  const main = new URL('../main.ts', import.meta.url).href;
  const source = new URL('./temporary-folder.ts', import.meta.url).href;
  // The command is one that waits: the log of a control plane that is not there.
  const script = `import { temporaryFolder } from ${JSON.stringify(source)};
    console.log((await temporaryFolder('temporary-folder-test-')).dir);
    process.argv = [process.argv[0], 'main', 'logs', '--follow'];
    await import(${JSON.stringify(main)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env.PATH, CONTROL_PLANE_URL: 'http://127.0.0.1:1', CONTROL_PLANE_TOKEN: 'x' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed] = await once(child.stdout, 'data');
  const dir = String(printed).trim();
  expect(existsSync(dir)).toBe(true);
  // It says so once it runs, so its handlers are there.
  await once(child.stderr, 'data');
  child.kill(signal);
  await once(child, 'exit');
  expect(existsSync(dir)).toBe(false);
});
