import { mkdir, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withPullLock } from './pull-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('lets one in at a time and is gone afterwards', async () => {
  const path = join(folder, 'lock');
  let inside = 0;
  let most = 0;
  const visit = () =>
    withPullLock(path, async () => {
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
    });
  await Promise.all([visit(), visit(), visit()]);
  expect(most).toBe(1);
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

it('lets the next one in after a failure', async () => {
  const path = join(folder, 'lock');
  await expect(withPullLock(path, () => Promise.reject(new Error('no network')))).rejects.toThrow(
    'no network',
  );
  await expect(withPullLock(path, async () => {})).resolves.toBeUndefined();
});

it('takes over the lock of a process that was killed', async () => {
  const path = join(folder, 'lock');
  await mkdir(path);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(path, longAgo, longAgo);
  await expect(withPullLock(path, async () => {})).resolves.toBeUndefined();
});

it('stops waiting when asked to', async () => {
  const path = join(folder, 'lock');
  await mkdir(path);
  const stop = AbortSignal.timeout(5);
  await expect(withPullLock(path, async () => {}, stop)).rejects.toThrow();
});
