import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@trainer/contract/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tokenIn } from './programs/control-plane.ts';
import { startProgram } from './programs/program.ts';
import { until } from './programs/until.ts';

describe('npm start', () => {
  it('keeps the control plane when the runner dies, starts that again and says why, and ends both in order', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'npm-start-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await using program = startProgram({
      name: 'supervisor',
      args: ['control-plane/src/edge/node/supervise/main.ts'],
      env: { DATA_DIR: dir, HOST: '127.0.0.1', PORT: String(port), CONTROL_PLANE_URL: url, DEVICE: 'cpu' },
    });
    await program.printed(/answers at http/);
    const call = createClient({ baseUrl: url, token: await tokenIn(dir, 'admin-token') });
    const runners = () => call('GET /api/runners');
    const { output: explain } = program;
    const runner = await until('the runner asks for work', async () => (await runners())[0], { explain });
    expect(runner).not.toHaveProperty('restarts');

    const [pid] = (await readFile(join(dir, 'runner.pid'), 'utf8')).match(/\d+/) ?? [];
    process.kill(Number(pid), 'SIGKILL');
    const restarts = await until('it is there again', async () => (await runners())[0]?.restarts, {
      explain,
    });
    expect(restarts).toMatchObject({
      count: 1,
      reason: expect.stringMatching(/^was ended by SIGKILL; its last line: /),
    });
    expect(program.output().match(/The control plane answers at/g)).toHaveLength(1);

    expect(await program.stop()).toEqual({ code: 0, signal: null });
    expect(program.output()).toMatch(/The runner has ended[\s\S]*\[control-plane\] .*Ending on SIGTERM/);
  });
});

/** Free a moment ago: both programs must know it before either has begun. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
