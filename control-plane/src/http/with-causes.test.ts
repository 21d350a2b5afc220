import { LibsqlError } from '@libsql/client/web';
import { withCleanUpSync } from '@trainer/async/with-clean-up';
import { fullDisk } from '@trainer/libsql/sqlite/errors';
import { DrizzleQueryError } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { rootCause, withCauses } from './with-causes.ts';

const raw = new Error('database or disk is full');
const explained = new LibsqlError(
  'database or disk is full: /data/db cannot grow',
  'SQLITE_FULL',
  undefined,
  13,
  raw,
);
const failed = new DrizzleQueryError('INSERT INTO people VALUES (?)', ['Ada'], explained);

it('tells a fault of the database once, with its file and without the values', () => {
  expect(withCauses(failed)).toBe(
    'the statement "INSERT INTO people VALUES (?)" failed: SQLITE_FULL: database or disk is full: /data/db cannot grow',
  );
  expect(rootCause(failed)).toBe('SQLITE_FULL: database or disk is full: /data/db cannot grow');
});

it('writes a code once that a client has put in front twice', () => {
  const doubled = new LibsqlError('SQLITE_CORRUPT: the image is malformed', 'SQLITE_CORRUPT');
  expect([rootCause(doubled), withCauses(doubled)]).toEqual(
    Array(2).fill('SQLITE_CORRUPT: the image is malformed'),
  );
});

it('tells what failed while cleaning up behind what failed first', () => {
  const first = new Error('the upload broke off');
  const run = () =>
    withCleanUpSync(
      () => {
        throw first;
      },
      () => {
        throw new Error('the file is gone');
      },
    );
  expect(run).toThrow(first);
  expect(withCauses(first)).toBe(
    'the upload broke off (cleaning up afterwards failed too: the file is gone)',
  );
});

it('finds a full disk behind other errors', () => {
  const noSpace = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(fullDisk(new Error('the part was not taken', { cause: noSpace }))).toMatch(/^ENOSPC/);
  expect(fullDisk(failed)).toMatch(/^SQLITE_FULL/);
  expect([fullDisk(new Error('other')), fullDisk('text')]).toEqual([null, null]);
});
