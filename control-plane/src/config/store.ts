import { desc, eq, max, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../db/open.ts';
import { configRevisions } from '../db/schema/config.ts';

const changedSchema = z.array(z.string());

export interface Revision {
  revision: number;
  /** As it was sent. */
  input: unknown;
  changed: string[];
  actor: string;
  createdAt: number;
}

/** Before the first revision: every value is its default. */
const initial: Revision = { revision: 0, input: {}, changed: [], actor: 'defaults', createdAt: 0 };

function toRevision(row: typeof configRevisions.$inferSelect): Revision {
  const input: unknown = JSON.parse(row.input);
  return { ...row, input, changed: changedSchema.parse(JSON.parse(row.changed)) };
}

export async function latestRevision(db: Database): Promise<Revision> {
  const [row] = await db.select().from(configRevisions).orderBy(desc(configRevisions.revision)).limit(1);
  return row ? toRevision(row) : initial;
}

export async function findRevision(db: Database, revision: number): Promise<Revision | null> {
  if (revision === 0) return initial;
  const [row] = await db.select().from(configRevisions).where(eq(configRevisions.revision, revision));
  return row ? toRevision(row) : null;
}

export async function listRevisions(db: Database, limit: number): Promise<Revision[]> {
  const rows = await db.select().from(configRevisions).orderBy(desc(configRevisions.revision)).limit(limit);
  return rows.map(toRevision);
}

/** Adds a revision if the newest is still its predecessor, in one statement; false when it is not. */
export async function insertRevision(db: Database, next: Revision): Promise<boolean> {
  const newest = db
    .select({ newest: sql`coalesce(${max(configRevisions.revision)}, 0)` })
    .from(configRevisions);
  const rows = await db.all(sql`
    INSERT INTO config_revisions (revision, input, changed, actor, created_at)
    SELECT ${next.revision}, ${JSON.stringify(next.input)}, ${JSON.stringify(next.changed)}, ${next.actor},
      ${next.createdAt}
    WHERE ${newest} = ${next.revision - 1}
    RETURNING revision`);
  return rows.length > 0;
}
