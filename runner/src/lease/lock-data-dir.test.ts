import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirInUse, lockDataDir, runnerId } from './lock-data-dir.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const source = fileURLToPath(new URL('./lock-data-dir.ts', import.meta.url));
const script = (rest: string) =>
  `import { lockDataDir } from ${JSON.stringify(source)}; lockDataDir(process.argv[1]); ${rest}`;

describe('the lock of DATA_DIR', () => {
  it('refuses a second runner, and says which one is there', () => {
    const release = lockDataDir(dir);
    expect(() => lockDataDir(dir)).toThrow(DataDirInUse);
    expect(() => lockDataDir(dir)).toThrow(
      new RegExp(
        `process ${process.pid} on .* since .* works in ${dir}: stop it, or give this one another DATA_DIR`,
      ),
    );
    release();
    lockDataDir(dir)();
  });

  it('refuses another process, too', () => {
    const release = lockDataDir(dir);
    const args = ['--input-type=module', '-e', script(''), dir];
    expect(() => execFileSync(process.execPath, args, { stdio: 'pipe' })).toThrow(/Another runner/);
    release();
  });

  it('is free again after its holder was killed', async () => {
    const args = [
      '--input-type=module',
      '-e',
      script("console.log('held'); setInterval(() => {}, 1000)"),
      dir,
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(() => lockDataDir(dir)).toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDataDir(dir)();
  });
});

describe('the runner’s id', () => {
  it('is made once and kept', () => {
    const id = runnerId(dir);
    expect(runnerId(dir)).toBe(id);
    expect(readFileSync(join(dir, 'runner-id'), 'utf8')).toBe(`${id}\n`);
  });
});
