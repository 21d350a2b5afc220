import { sql } from 'drizzle-orm';
import type { Deps } from '../context/deps.ts';
import { describeNewer, schemaNumber } from '../db/migrate.ts';
import type { Database } from '../db/open.ts';
import { rootCause } from '../http/with-causes.ts';
import { findWarnings } from './find-warnings.ts';

export interface Health {
  /** Each dependency with its fault in words; null when it can be used. */
  checks: Record<'database' | 'version store', string | null>;
  /** Conditions that need an operator but do not stop the service. */
  warnings: string[];
}

/** Checks every dependency of the control plane. Never throws. */
export async function checkHealth({
  db,
  objects,
  clock,
  shortage,
}: Pick<Deps, 'db' | 'objects' | 'clock' | 'shortage'>): Promise<Health> {
  const short = shortage(0);
  const warnings = short === null ? [] : [`${short}. Until then no version can be uploaded.`];
  const database = await flawOf(async () => {
    const flaw = await schemaFlaw(db);
    if (flaw === null) warnings.push(...(await findWarnings(db, clock.now())));
    return flaw;
  }, databaseUnreadable);
  const unwritable = database === null ? await flawOf(() => tryToWrite(db), databaseUnwritable) : null;
  const store = await flawOf(async () => {
    await objects.check();
    return null;
  }, storeUnusable);
  return { checks: { database: database ?? unwritable, 'version store': store }, warnings };
}

const databaseUnreadable = (why: string) =>
  `The database cannot be read: ${why}. Check the disk that it lies on, or LIBSQL_URL and the server there.`;

const databaseUnwritable = (why: string) =>
  `The database cannot be written: ${why}. Until then no runner can work, and nothing can be changed.`;

const storeUnusable = (why: string) =>
  `The version store cannot be used: ${why}. Check its disk or bucket: until then nothing can be published.`;

async function schemaFlaw(db: Database): Promise<string | null> {
  const [row] = await db.all<{ newest: number | null }>(sql`SELECT max(number) AS newest FROM migrations`);
  const found = row?.newest ?? 0;
  if (found < schemaNumber) {
    return (
      `The database has schema ${found}, and this program needs ${schemaNumber}. The next start on Node brings it there, on ` +
      'Workers the next request under /api; if it stays so, the program’s log says why.'
    );
  }
  if (found > schemaNumber) return describeNewer(found, schemaNumber);
  return null;
}

/** A full or read-only disk still serves reads, so this writes. The statement changes no value. */
async function tryToWrite(db: Database): Promise<null> {
  await db.run(sql`UPDATE migrations SET name = name WHERE number = ${schemaNumber}`);
  return null;
}

async function flawOf(
  check: () => Promise<string | null>,
  describe: (why: string) => string,
): Promise<string | null> {
  try {
    return await check();
  } catch (error) {
    return describe(rootCause(error));
  }
}
