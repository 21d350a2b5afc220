import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { StoredLogLine } from '@trainer/contract/logs';
import { partCount } from '@trainer/contract/versions';
import type { WantedRun } from './ask-for-runs.ts';
import type { Book } from './book.ts';
import { versionOf } from './stage-version.ts';

type Row = Record<string, SQLOutputValue>;

/** Holds what the database has in the end against what was asked for and seen; every difference goes into the book. */
export function checkStored(
  database: DatabaseSync,
  { book, wanted, read }: { book: Book; wanted: readonly WantedRun[]; read: readonly StoredLogLine[] },
): void {
  const rows = (sql: string): Row[] => database.prepare(sql).all();
  checkRuns(book, wanted, rows('SELECT id, status, version FROM runs ORDER BY id'));
  const tasks = rows('SELECT id, status, fence, next_log_seq FROM tasks ORDER BY id');
  for (const { id, status } of tasks) {
    if (!['done', 'failed', 'skipped'].includes(String(status)))
      book.violate(`${id} is ${status} in the end`);
  }
  checkGrants(book, tasks, rows('SELECT task, fence, runner FROM chaos_grants ORDER BY task, fence'));
  const lines = rows('SELECT id, task_id, seq, message FROM log_lines ORDER BY id');
  checkLines(book, tasks, lines);
  checkReading(book, lines, read);
  checkVersions(book, rows);
}

function checkRuns(book: Book, wanted: readonly WantedRun[], stored: Row[]): void {
  const ids = new Set(wanted.map(({ id }) => id));
  if (ids.size < wanted.length) book.violate('Two different runs were asked for, and one was given twice');
  for (const { id } of stored) if (!ids.has(Number(id))) book.violate(`Run ${id} was asked for by nobody`);
  for (const { id, stop } of wanted) {
    const run = stored.find((each) => each.id === id);
    if (!run) book.violate(`Run ${id} is gone`);
    else if (run.status !== 'completed' && !(stop === 'asked' && run.status === 'cancelled')) {
      book.violate(`Run ${id} is ${run.status}`);
    } else if (run.status === 'completed' && run.version !== versionOf(id)) {
      book.violate(`Run ${id} has version ${run.version}`);
    }
  }
}

/** The trigger has refused every number that was not new; here is whether none was left out and who got them. */
function checkGrants(book: Book, tasks: Row[], grants: Row[]): void {
  for (const { id, fence } of tasks) {
    const given = grants.filter(({ task }) => task === id).map((each) => each.fence);
    const expected = Array.from({ length: Number(fence) }, (_, index) => index + 1);
    if (String(given) !== String(expected))
      book.violate(`${id} is at fence ${fence}, its grants were ${given}`);
    const kept = book.toKeep.get(String(id)) ?? fence;
    if (kept !== fence) book.violate(`${id} lost its lease of fence ${kept} and is at ${fence}`);
  }
  for (const [lease, { runner }] of book.leases) {
    const grant = grants.find(({ task, fence }) => `${task} ${fence}` === lease);
    if (grant?.runner !== runner)
      book.violate(`${runner} has ${lease}, which was granted to ${grant?.runner}`);
  }
}

/** A task's numbers have no gap, and of each lease the lines are there from its first one, once and in order. */
function checkLines(book: Book, tasks: Row[], lines: Row[]): void {
  for (const { id, status, fence, next_log_seq: next } of tasks) {
    const own = lines.filter((line) => line.task_id === id && line.seq !== null);
    own.forEach(({ seq }, index) => {
      if (seq !== index + 1) book.violate(`${id} has line ${seq} where ${index + 1} belongs`);
    });
    if (Number(next) !== own.length + 1) book.violate(`${id} has ${own.length} lines and expects ${next}`);
    const texts = own.map(({ message }) => String(message));
    const fences = [...new Set(texts.map((text) => Number(text.split(':')[0])))];
    const expected = fences
      .toSorted((a, b) => a - b)
      .flatMap((each) => {
        const count = texts.filter((text) => text.startsWith(`${each}:`)).length;
        return Array.from({ length: count }, (_, index) => `${each}:${index + 1}`);
      });
    if (String(texts) !== String(expected)) book.violate(`${id} has the lines ${texts}`);
    const written = book.leases.get(`${id} ${fence}`)?.lines ?? 0;
    const stored = texts.filter((text) => text.startsWith(`${fence}:`)).length;
    if (status === 'done' && stored !== written) {
      book.violate(`${id} is done with ${stored} of the ${written} lines that its last lease wrote`);
    }
  }
}

function checkReading(book: Book, lines: Row[], read: readonly StoredLogLine[]): void {
  const seen = new Map(read.map((line) => [line.id, line]));
  if (seen.size < read.length) book.violate('The reader got lines twice');
  for (const { id, message } of lines) {
    const line = seen.get(Number(id));
    if (!line) book.violate(`The reader missed line ${id}`);
    else if (line.message !== message) book.violate(`The reader got another line ${id}`);
  }
  if (seen.size > lines.length) book.violate(`The reader got ${seen.size} lines of ${lines.length}`);
}

function checkVersions(book: Book, rows: (sql: string) => Row[]): void {
  const pairs = rows(`SELECT runs.id, runs.version, versions.version AS shown
    FROM runs FULL JOIN (SELECT * FROM versions WHERE status = 'visible') AS versions ON versions.run_id = runs.id
    WHERE runs.version IS NOT versions.version`);
  for (const { id, version, shown } of pairs)
    book.violate(`Run ${id} says ${version}, and ${shown} is visible`);
  const artifacts =
    rows(`SELECT versions.version, artifacts.name, size, is_complete, count(parts.number) AS parts
    FROM versions JOIN artifacts ON artifacts.version_id = versions.id
    LEFT JOIN parts ON parts.version_id = versions.id AND parts.artifact = artifacts.name
    WHERE versions.status = 'visible' GROUP BY versions.id, artifacts.name`);
  for (const { version, name, size, is_complete: isComplete, parts } of artifacts) {
    if (parts !== partCount(Number(size)) || isComplete !== 1) {
      book.violate(`${name} of ${version} is visible with ${parts} parts, complete: ${isComplete}`);
    }
  }
}
