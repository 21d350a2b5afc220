import { and, asc, eq, gt, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { questions } from '../db/schema/questions.ts';

export type QuestionRow = typeof questions.$inferSelect;

/** Not answered, and asked after `askedAfter`. */
function isWaiting(askedAfter: number): SQL | undefined {
  return and(isNull(questions.answeredAt), gt(questions.askedAt, askedAfter));
}

/** Stores a question unless `atOnce` of them wait already; false then. */
export async function insertQuestion(
  db: Database,
  question: Pick<QuestionRow, 'id' | 'about' | 'maySeeExclusions' | 'askedAt'>,
  { askedAfter, atOnce }: { askedAfter: number; atOnce: number },
): Promise<boolean> {
  const waiting = db.select({ count: sql`count(*)` }).from(questions).where(isWaiting(askedAfter));
  const { id, about, maySeeExclusions, askedAt } = question;
  const { rowsAffected } = await db.run(sql`INSERT INTO questions (id, about, may_see_exclusions, asked_at)
    SELECT ${id}, ${about}, ${Number(maySeeExclusions)}, ${askedAt} WHERE (${waiting}) < ${atOnce}`);
  return rowsAffected > 0;
}

/** Claims the oldest waiting question that no runner holds. */
export async function takeQuestion(
  db: Database,
  { now, askedAfter, handedBefore }: Record<'now' | 'askedAfter' | 'handedBefore', number>,
): Promise<QuestionRow | null> {
  const isFree = and(
    isWaiting(askedAfter),
    or(isNull(questions.handedAt), lte(questions.handedAt, handedBefore)),
  );
  const first = db
    .select({ id: questions.id })
    .from(questions)
    .where(isFree)
    .orderBy(asc(questions.askedAt))
    .limit(1);
  // Every poll queries this and mostly finds nothing, so it reads before it writes.
  const [found] = await first;
  if (!found) return null;
  const [taken] = await db
    .update(questions)
    .set({ handedAt: now })
    .where(and(eq(questions.id, found.id), isFree))
    .returning();
  return taken ?? null;
}

export async function findQuestion(db: Database, id: string): Promise<QuestionRow | null> {
  const [row] = await db.select().from(questions).where(eq(questions.id, id));
  return row ?? null;
}

/** Stores the answer to a question that waits. */
export async function storeAnswer(
  db: Database,
  id: string,
  { answer, now, askedAfter }: { answer: string; now: number; askedAfter: number },
): Promise<void> {
  await db
    .update(questions)
    .set({ answer, answeredAt: now })
    .where(and(eq(questions.id, id), isWaiting(askedAfter)));
}

export async function forgetQuestions(db: Database, askedBefore: number): Promise<number> {
  const { rowsAffected } = await db.delete(questions).where(lte(questions.askedAt, askedBefore));
  return rowsAffected;
}
