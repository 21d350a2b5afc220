import { isNameIn } from '@trainer/contract/names';
import { type Decision, reviewKinds } from '@trainer/contract/reviews';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { clearDecision, findReview, type ReviewRow, setDecision } from './store.ts';

/**
 * Decides a review, also a second time. The log names only its number, because reviews are personal data.
 *
 * @throws {ProblemError} `not_found`, `review_closed`, or `invalid_request` when the decision does not fit its kind
 */
export async function decideReview(
  { db, clock, record }: Pick<Deps, 'db' | 'clock' | 'record'>,
  id: number,
  decision: Decision,
  actor: string,
): Promise<ReviewRow> {
  const review = await requireReview(db, id);
  refuseUnfit(review, decision);
  const decided = await setDecision(db, id, { decision, actor, now: clock.now() });
  if (!decided) {
    throw new ProblemError(
      'review_closed',
      `Review ${id} is closed: the last run no longer found it, so there is nothing to decide.`,
    );
  }
  if (review.decision !== decision)
    await record({ level: 'info', message: `Review ${id} (${review.kind}): ${decision}, says ${actor}` });
  return decided;
}

/**
 * Undoes a decision. Repeating it changes nothing.
 *
 * @throws {ProblemError} `not_found`
 */
export async function undoDecision(
  { db, record }: Pick<Deps, 'db' | 'record'>,
  id: number,
  actor: string,
): Promise<ReviewRow> {
  const review = await requireReview(db, id);
  const undone = await clearDecision(db, id);
  if (undone) await record({ level: 'info', message: `The decision on review ${id} was undone by ${actor}` });
  return undone ?? review;
}

async function requireReview(db: Deps['db'], id: number): Promise<ReviewRow> {
  const review = await findReview(db, id);
  if (!review) throw new ProblemError('not_found', `There is no review ${id}.`);
  return review;
}

function refuseUnfit({ id, kind }: ReviewRow, decision: Decision): void {
  if (!isNameIn(reviewKinds, kind)) {
    const message = `review ${id} is of the kind "${kind}", which this control plane does not know`;
    throw new ProblemError('invalid_request', `decision: ${message}. Upgrade it to decide this review.`, {
      errors: [{ field: 'decision', message }],
    });
  }
  const { gloss, decisions } = reviewKinds[kind];
  const fitting: readonly Decision[] = decisions;
  if (fitting.includes(decision)) return;
  const message = `expected ${fitting.join(' or ')}: review ${id} is about ${gloss}`;
  throw new ProblemError('invalid_request', `decision: ${message}.`, {
    errors: [{ field: 'decision', message }],
  });
}
