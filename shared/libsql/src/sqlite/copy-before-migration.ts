/** The connection, as far as it is needed here; `DatabaseSync` of Node is one. */
interface Connection {
  prepare(sql: string): { get(): Record<string, unknown> | undefined; run(path: string): unknown };
}

/** What is done with files; the functions of `node:fs` are such. */
interface Files {
  existsSync(path: string): boolean;
  readdirSync(folder: string): string[];
  renameSync(from: string, to: string): void;
  rmSync(path: string, options: { force: true }): void;
  statSync(path: string): { mtimeMs: number };
}

export interface CopyOptions {
  folder: string;
  /** The database's name in it. */
  name: string;
  /** The number of the newest migration that is about to be applied. */
  newest: number;
  /** Ms since 1970. */
  now: number;
  files: Files;
}

/** Copies that are kept. */
const KEPT = 2;
/** A copy holds everybody who was in the database then, so it does not stay for ever, ms. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Copies a database file beside itself before migrations change it: `catalog.db.before-0007` is the file as it was before
 * migration 7 and those up to it. The two newest copies are kept, for 30 days.
 *
 * @returns the copy that was made; null when nothing is to be migrated, or there is nothing in the database yet
 * @throws Error that says what to do, when the copy cannot be made; the database is then as it was
 */
export function copyBeforeMigration(handle: Connection, options: CopyOptions): string | null {
  const { folder, name, newest, files } = options;
  removeOldCopies(options);
  const applied = appliedIn(handle);
  if (applied === 0 || applied >= newest) return null;
  const path = `${folder}/${name}`;
  const copy = `${path}.before-${String(newest).padStart(4, '0')}`;
  // One that was made by a start which died afterwards is from before the migration too.
  if (files.existsSync(copy)) return copy;
  const unfinished = `${copy}.part`;
  try {
    files.rmSync(unfinished, { force: true });
    handle.prepare('VACUUM INTO ?').run(unfinished);
    files.renameSync(unfinished, copy);
  } catch (cause) {
    files.rmSync(unfinished, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${path} could not be copied before its migration (${why}). Nothing was changed: make room for a copy of it there, and start again`,
      { cause },
    );
  }
  removeOldCopies(options);
  return copy;
}

function appliedIn(handle: Connection): number {
  const hasLedger = handle.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get();
  if (!hasLedger) return 0;
  return Number(handle.prepare('SELECT coalesce(max(number), 0) AS number FROM migrations').get()?.number);
}

function removeOldCopies({ folder, name, now, files }: CopyOptions): void {
  const isCopy = (each: string) => each.startsWith(`${name}.before-`) && /\.before-\d+$/.test(each);
  const newestFirst = files.readdirSync(folder).filter(isCopy).sort().reverse();
  for (const [at, each] of newestFirst.entries()) {
    const copy = `${folder}/${each}`;
    if (at >= KEPT || files.statSync(copy).mtimeMs < now - KEPT_MS) files.rmSync(copy, { force: true });
  }
}
