import { limits } from '@trainer/contract/limits';
import {
  type Explanation,
  explanationSchema,
  type OpenQuestion,
  type Question,
} from '@trainer/contract/questions';
import type { Deps } from '../context/deps.ts';
import { isoTime } from '../http/iso-time.ts';
import { ProblemError } from '../http/problem-error.ts';
import { findQuestion, type QuestionRow, storeAnswer, takeQuestion } from './store.ts';

/**
 * Stores a runner's answer for `limits.questionKeptMs`. Only the first answer counts. A second or late one is ignored without an
 * error, because the runner could not act on it.
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
  // Expired rows may still exist until the next housekeeping.
  if (row && row.askedAt > now - limits.questionKeptMs) return row;
  throw new ProblemError(
    'not_found',
    `There is no question ${id}: questions and answers are kept for ${limits.questionKeptMs / 60_000} minutes. Ask again.`,
  );
}

/** A question for a polling runner, or null. Without an answer it is handed to the next runner after `questionHandedAgainMs`. */
export async function claimQuestion({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<OpenQuestion | null> {
  const now = clock.now();
  const taken = await takeQuestion(db, {
    now,
    askedAfter: now - limits.questionWaitsMs,
    handedBefore: now - limits.questionHandedAgainMs,
  });
  return taken && { id: taken.id, about: taken.about, may_see_exclusions: taken.maySeeExclusions };
}

/** A question as the API gives it: whether it has expired is judged when asked. */
export function toView({ id, about, askedAt, answeredAt, answer }: QuestionRow, now: number): Question {
  const expiresAt = askedAt + limits.questionWaitsMs;
  const asked = { id, about, asked_at: isoTime(askedAt), expires_at: isoTime(expiresAt) };
  if (answeredAt === null || answer === null)
    return { ...asked, status: now < expiresAt ? 'waiting' : 'expired' };
  return {
    ...asked,
    status: 'answered',
    answered_at: isoTime(answeredAt),
    forgotten_at: isoTime(askedAt + limits.questionKeptMs),
    answer: explanationSchema.parse(JSON.parse(answer)),
  };
}
