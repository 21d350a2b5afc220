import { limits } from '@trainer/shared/limits';
import type { Question } from '@trainer/shared/questions';
import type { Deps } from '../deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { forgetOldQuestions } from './forget-old-questions.ts';
import { insertQuestion } from './store.ts';
import { toView } from './views.ts';

/**
 * Puts a question to whichever runner asks for work next.
 *
 * @throws {ProblemError} `too_many_questions`
 */
export async function askQuestion(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeUp'>,
  about: string,
): Promise<Question> {
  await forgetOldQuestions(deps);
  const now = deps.clock.now();
  const id = crypto.randomUUID();
  const askedAfter = now - limits.questionWaitsMs;
  if (!(await insertQuestion(deps.db, { id, about, now, askedAfter, atOnce: limits.questionsWaiting }))) {
    throw new ProblemError(
      'too_many_questions',
      `${limits.questionsWaiting} questions wait for a runner already: ask again in a minute, and see that a runner is online.`,
      { headers: { 'retry-after': String(limits.questionWaitsMs / 1_000) } },
    );
  }
  await deps.wakeUp.notify('work');
  return toView({ id, about, askedAt: now, handedAt: null, answeredAt: null, answer: null }, now);
}
