import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { STRICT_COLUMNS } from './performers-schema.ts';

/** Bytes 18 and 19 of an SQLite file are 1 unless it was left in WAL mode (SQLite file format, 1.3.3). */
const FORMAT_VERSION_OFFSET = 18;

/** Problems of `performers.db` by itself: form, integrity, exact columns, counts. */
export function databaseProblems(path: string, db: DatabaseSync): string[] {
  return [...fileProblems(path), ...integrityProblems(db), ...columnProblems(db), ...countProblems(db)];
}

function fileProblems(path: string): string[] {
  const sides = ['-wal', '-shm', '-journal'].filter((suffix) => existsSync(path + suffix));
  const problems = sides.map((suffix) => `performers.db${suffix} lies beside it`);
  const versions = Buffer.alloc(2);
  const file = openSync(path, 'r');
  readSync(file, versions, 0, 2, FORMAT_VERSION_OFFSET);
  closeSync(file);
  if (!versions.equals(Buffer.from([1, 1]))) problems.push('it is not in journal mode DELETE');
  return problems;
}

function integrityProblems(db: DatabaseSync): string[] {
  const found = db.prepare('PRAGMA integrity_check(5)').all();
  const problems = found.map((row) => String(row.integrity_check)).filter((text) => text !== 'ok');
  const dangling = db.prepare('PRAGMA foreign_key_check').all().length;
  if (dangling > 0) problems.push(`${dangling} rows refer to a performer that is not there`);
  return problems;
}

function columnProblems(db: DatabaseSync): string[] {
  const versions = db.prepare('SELECT version FROM schema_version').all();
  const problems = Object.entries(STRICT_COLUMNS).flatMap(([table, { required, optional }]) => {
    const rows = db.prepare('SELECT name FROM pragma_table_info(?)').all(table);
    const found = rows.map((row) => String(row.name));
    return [
      ...required.filter((name) => !found.includes(name)).map((name) => `${table} has no column ${name}`),
      ...found
        .filter((name) => !required.includes(name) && !optional.includes(name))
        .map((name) => `${table} has a column ${name}, which strict readers refuse`),
    ];
  });
  if (versions.length !== 1) problems.push(`schema_version has ${versions.length} rows, expected one`);
  return problems;
}

const COUNTS: [sql: string, message: (count: number) => string][] = [
  [
    'SELECT count(*) AS n FROM faces WHERE facenet_index <> arcface_index',
    (n) => `facenet_index and arcface_index differ on ${n} faces`,
  ],
  ['SELECT count(*) AS n FROM faces WHERE facenet_index < 0', (n) => `${n} faces have a negative label`],
  [
    `SELECT count(*) AS n FROM performers LEFT JOIN
      (SELECT performer_id, count(*) AS held FROM faces GROUP BY performer_id) ON performer_id = id
      WHERE face_count <> coalesce(held, 0)`,
    (n) => `face_count is wrong for ${n} performers`,
  ],
];

function countProblems(db: DatabaseSync): string[] {
  return COUNTS.flatMap(([sql, message]) => {
    const n = Number(db.prepare(sql).get()?.n);
    return n > 0 ? [message(n)] : [];
  });
}
