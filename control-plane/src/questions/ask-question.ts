import { limits } from '@trainer/contract/limits';
import type { Question } from '@trainer/contract/questions';
import { routeOf } from '@trainer/contract/routes';
import { allows } from '@trainer/contract/tokens';
import type { Caller } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { toView } from './answer-question.ts';
import { forgetQuestions, insertQuestion } from './store.ts';

/**
 * Stores a question for the next runner that polls.
 *
 * @throws {ProblemError} `too_many_questions`
 */
export async function askQuestion(
  deps: Pick<Deps, 'db' | 'clock' | 'notifier'>,
  about: string,
  { scope }: Pick<Caller, 'scope'>,
): Promise<Question> {
  await forgetOldQuestions(deps);
  const now = deps.clock.now();
  const asked = { id: crypto.randomUUID(), about, maySeeExclusions: maySeeExclusions(scope), askedAt: now };
  const bounds = { askedAfter: now - limits.questionWaitsMs, atOnce: limits.questionsWaiting };
  if (!(await insertQuestion(deps.db, asked, bounds))) {
    throw new ProblemError(
      'too_many_questions',
      `${limits.questionsWaiting} questions wait for a runner already: ask again in a minute, and check that a runner is online.`,
      { headers: { 'retry-after': String(limits.questionWaitsMs / 1_000) } },
    );
  }
  await deps.notifier.notify('work');
  return toView({ ...asked, handedAt: null, answeredAt: null, answer: null }, now);
}

/** Callers who may not list exclusions must not learn of them through questions. */
function maySeeExclusions(scope: Caller['scope']): boolean {
  const wanted = routeOf('GET /api/exclusions').scope;
  return scope !== null && wanted !== 'public' && allows(scope, wanted);
}

/** Deletes old questions with their answers. Called by the edge's housekeeping. */
export function forgetOldQuestions({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  return forgetQuestions(db, clock.now() - limits.questionKeptMs);
}
