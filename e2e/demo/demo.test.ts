import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startProgram } from '../programs/program.ts';
import { withVersion } from '../version-content.ts';
import { isFree } from './free-port.ts';

function startDemo(dataDir: string, port: number, ...args: string[]) {
  return startProgram({
    name: 'demo',
    args: ['e2e/demo/main.ts', ...args],
    env: { DATA_DIR: dataDir, PORT: `${port}` },
  });
}

async function scratchDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'demo-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A port that nobody listens on now, and the one above it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return address !== null && typeof address === 'object' && address.port < 65_535 ? address.port : freePort();
}

describe('npm run demo', () => {
  it('says so when its port is taken, and how to choose another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await using demo = startDemo(await scratchDir(), port, '--exit');
    expect(await demo.ended).toEqual({ code: 1, signal: null });
    expect(demo.output()).toMatch(
      new RegExp(`^Port ${port} of 127.0.0.1 is in use, .*: PORT=${port + 10} npm run demo\n$`),
    );
  });

  it('names a setting that is wrong', async () => {
    await using demo = startDemo(await scratchDir(), 70_000);
    expect(await demo.ended).toEqual({ code: 1, signal: null });
    expect(demo.output()).toContain('PORT: expected a port from 1 to 65534 (it is "70000")');
  });

  it('ends with everything it started at Ctrl-C, goes on with its run the next time, and leaves a version', async () => {
    const dir = await scratchDir();
    const port = await freePort();
    await using interrupted = startDemo(dir, port);
    await interrupted.printed(/Run 1 has begun/);
    await interrupted.printed(/\(stashdb\)/);
    process.kill(interrupted.pid, 'SIGINT');
    expect(await interrupted.ended).toEqual({ code: 1, signal: null });
    expect(interrupted.output()).toMatch(/Ended by SIGINT\.\n$/);
    expect(await isFree(port)).toBe(true);

    await using demo = startDemo(dir, port);
    await demo.printed(new RegExp(`http://127.0.0.1:${port}/login#code=\\S+`));
    process.kill(demo.pid, 'SIGINT');
    expect(await demo.ended, demo.output()).toEqual({ code: 0, signal: null });
    const said = demo.output();
    expect(said).toContain('Run 1 was interrupted the last time, and goes on now.');
    expect(said).toMatch(/Run 1 has published version [\d.]+ in [\d.]+ s: 20 performers with 120 faces\./);
    const zip = (await readdir(dir)).find((name) => name.endsWith('.zip')) ?? '';
    expect(said).toContain(`versions inspect ${join(dir, zip)}`);
    expect(await withVersion(join(dir, zip), (version) => version.verify())).toEqual([]);
  });
});
