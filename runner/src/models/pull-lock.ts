import { mkdir, rmdir, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const touchEveryMs = 2_000;
/** A holder that was killed stops touching its lock; five missed touches tell. */
const staleAfterMs = 10_000;
const askEveryMs = 100;

/** Runs `action` while holding the lock folder `path`, so that two processes never write the same partial download. */
export async function withPullLock<T>(
  path: string,
  action: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  while (!(await take(path))) await sleep(askEveryMs, undefined, { signal });
  const touch = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), touchEveryMs);
  try {
    return await action();
  } finally {
    clearInterval(touch);
    await rmdir(path).catch(() => {});
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const touched = await stat(path).then(
    (s) => s.mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - touched > staleAfterMs) await rmdir(path).catch(() => {});
  return false;
}
