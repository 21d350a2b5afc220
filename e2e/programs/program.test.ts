import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startProgram } from './program.ts';
import { until } from './until.ts';

describe('a started program', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'programs-'));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(dir, { recursive: true });
  });

  async function script(name: string, source: string): Promise<string> {
    const path = join(dir, name);
    await writeFile(path, source);
    return path;
  }

  it('is ready when it says so, and ends when told', async () => {
    const path = await script(
      'polite.mjs',
      `process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1e6); console.log('at http://x:12');`,
    );
    await using program = startProgram({ name: 'polite', args: [path] });
    expect((await program.printed(/at http:\/\/x:(\d+)/))[1]).toBe('12');
    expect(await program.stop()).toEqual({ code: 3, signal: null });
  });

  it('shows what it printed when it ends too early', async () => {
    const path = await script('early.mjs', `console.error('the port is in use'); process.exit(1);`);
    await using program = startProgram({ name: 'early', args: [path] });
    await expect(program.printed(/ready/)).rejects.toThrow(
      /The early ended \(1\) before it printed \/ready\/\. It printed:\nthe port is in use/,
    );
  });

  it('knows nothing of the keys in the shell that started it', async () => {
    vi.stubEnv('STASHDB_API_KEY', 'not-for-tests');
    const path = await script(
      'env.mjs',
      "console.log('key:', process.env.STASHDB_API_KEY, process.env.MINE);",
    );
    await using program = startProgram({ name: 'env', args: [path], env: { MINE: 'yes' } });
    expect((await program.printed(/key: .*\n/))[0]).toBe('key: undefined yes\n');
  });

  it('dies with whoever started it, even when that is killed', async () => {
    const idle = await script(
      'idle.mjs',
      `import { createServer } from 'node:net';
       const server = createServer().listen(0, '127.0.0.1', () => console.log('port', server.address().port));`,
    );
    const library = join(import.meta.dirname, 'program.ts');
    const starter = await script(
      'starter.mjs',
      `import { startProgram } from ${JSON.stringify(library)};
       const program = startProgram({ name: 'idle', args: [${JSON.stringify(idle)}] });
       console.log((await program.printed(/port (\\d+)/))[1]);
       setInterval(() => {}, 1e6);`,
    );
    const parent = spawn(process.execPath, [starter], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = await once(createInterface(parent.stdout), 'line');
    expect(await answers(Number(port))).toBe(true);
    parent.kill('SIGKILL');
    await until('nobody listens any more', async () => !(await answers(Number(port))));
  });
});

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}
