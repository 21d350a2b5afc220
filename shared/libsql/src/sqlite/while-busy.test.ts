import { LibsqlError } from '@libsql/core/api';
import { expect, it } from 'vitest';
import { whileBusy } from './while-busy.ts';

it('work is not attempted again when it stops being worth it during the wait, even if the lock is free by then', async () => {
  let isAwaited = true;
  let isLocked = true;
  let done = 0;
  const work = () => {
    if (isLocked) throw new LibsqlError('database is locked', 'SQLITE_BUSY');
    done += 1;
  };
  const sleep = async () => {
    isAwaited = false;
    isLocked = false;
  };
  await expect(whileBusy(work, sleep, () => isAwaited)).rejects.toThrow('locked');
  expect(done).toBe(0);
});
