import * as fs from 'node:fs';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyBeforeMigration } from './copy-before-migration.ts';

let folder: string;
let handle: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copies-'));
  handle = new DatabaseSync(join(folder, 'x.db'));
});
afterEach(() => {
  handle.close();
  rmSync(folder, { recursive: true, force: true });
});

const now = Date.now();
const copy = (newest: number, at = now) =>
  copyBeforeMigration(handle, { folder, name: 'x.db', newest, now: at, files: fs });
function applied(number: number): void {
  handle.exec('CREATE TABLE IF NOT EXISTS migrations (number INTEGER)');
  handle.prepare('INSERT INTO migrations VALUES (?)').run(number);
}
const copies = () => readdirSync(folder).filter((name) => name.includes('before'));

it('copies nothing that is new or up to date', () => {
  expect(copy(3)).toBeNull();
  applied(3);
  expect(copy(3)).toBeNull();
  expect(copies()).toEqual([]);
});

it('keeps the file as it was before, the two newest times', () => {
  applied(1);
  for (const newest of [2, 3, 4]) {
    const made = copy(newest);
    expect(made).toBe(join(folder, `x.db.before-000${newest}`));
    applied(newest);
    using before = new DatabaseSync(made ?? '', { readOnly: true });
    expect(before.prepare('SELECT max(number) AS number FROM migrations').get()).toEqual({
      number: newest - 1,
    });
  }
  expect(copies()).toEqual(['x.db.before-0003', 'x.db.before-0004']);
});

it('leaves a copy of a start that died in the middle, and begins an unfinished one anew', () => {
  applied(1);
  writeFileSync(join(folder, 'x.db.before-0002'), 'whole');
  expect(copy(2)).toBe(join(folder, 'x.db.before-0002'));
  expect(fs.readFileSync(join(folder, 'x.db.before-0002'), 'utf8')).toBe('whole');
  writeFileSync(join(folder, 'x.db.before-0003.part'), 'half');
  copy(3);
  expect(copies()).toEqual(['x.db.before-0002', 'x.db.before-0003']);
});

it('removes copies after 30 days, also when nothing is migrated', () => {
  applied(1);
  const made = copy(2) ?? '';
  applied(2);
  utimesSync(made, now / 1_000, now / 1_000);
  copy(2, now + 29 * 86_400_000);
  expect(copies()).toHaveLength(1);
  copy(2, now + 31 * 86_400_000);
  expect(copies()).toEqual([]);
});

it('says what to do when there is no room, and leaves nothing behind', () => {
  applied(1);
  const files = {
    ...fs,
    renameSync: () => {
      throw new Error('database or disk is full');
    },
  };
  expect(() => copyBeforeMigration(handle, { folder, name: 'x.db', newest: 2, now, files })).toThrow(
    /x\.db could not be copied before its migration \(database or disk is full\)\. Nothing was changed: make room/,
  );
  expect(copies()).toEqual([]);
});
