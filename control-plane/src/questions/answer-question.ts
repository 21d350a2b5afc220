import { limits } from '@trainer/contract/limits';
import type { Explanation, Question } from '@trainer/contract/questions';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { findQuestion, type QuestionRow, storeAnswer } from './store.ts';
import { toView } from './views.ts';

/**
 * Keeps a runner's answer for minutes. The first one counts; another, or one that comes too late, changes nothing and is no
 * error, because the runner can do nothing about it.
 *
 * @throws {ProblemError} `not_found`
 */
export async function answerQuestion(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  id: string,
  explanation: Explanation,
): Promise<void> {
  const now = clock.now();
  await requireQuestion(db, id, now);
  const answer = JSON.stringify(explanation);
  await storeAnswer(db, id, { answer, now, askedAfter: now - limits.questionWaitsMs });
}

/** @throws {ProblemError} `not_found` */
export async function readQuestion({ db, clock }: Pick<Deps, 'db' | 'clock'>, id: string): Promise<Question> {
  return toView(await requireQuestion(db, id, clock.now()), clock.now());
}

async function requireQuestion(db: Deps['db'], id: string, now: number): Promise<QuestionRow> {
  const row = await findQuestion(db, id);
  // What should have been forgotten is not shown because nobody has swept yet.
  if (row && row.askedAt > now - limits.questionKeptMs) return row;
  throw new ProblemError(
    'not_found',
    `There is no question ${id}: questions and answers are kept for ${limits.questionKeptMs / 60_000} minutes. Ask again.`,
  );
}
