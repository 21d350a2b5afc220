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
 * Puts a question to whichever runner asks for work next.
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
      `${limits.questionsWaiting} questions wait for a runner already: ask again in a minute, and see that a runner is online.`,
      { headers: { 'retry-after': String(limits.questionWaitsMs / 1_000) } },
    );
  }
  await deps.notifier.notify('work');
  return toView({ ...asked, handedAt: null, answeredAt: null, answer: null }, now);
}

/** Whoever may not list them shall not learn of them by asking for names. */
function maySeeExclusions(scope: Caller['scope']): boolean {
  const wanted = routeOf('GET /api/exclusions').scope;
  return scope !== null && wanted !== 'public' && allows(scope, wanted);
}

/** Deletes what was asked too long ago, answers included. Called from time to time by the edge. */
export function forgetOldQuestions({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  return forgetQuestions(db, clock.now() - limits.questionKeptMs);
}
