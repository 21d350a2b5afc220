import { limits } from '@trainer/contract/limits';
import type { OpenQuestion } from '@trainer/contract/questions';
import type { Deps } from '../context/deps.ts';
import { takeQuestion } from './store.ts';

/** A question for a runner that asks for work, or null. It goes to the next one if this one stays silent. */
export async function handOutQuestion({
  db,
  clock,
}: Pick<Deps, 'db' | 'clock'>): Promise<OpenQuestion | null> {
  const now = clock.now();
  const taken = await takeQuestion(db, {
    now,
    askedAfter: now - limits.questionWaitsMs,
    handedBefore: now - limits.questionHandedAgainMs,
  });
  return taken && { id: taken.id, about: taken.about, may_see_exclusions: taken.maySeeExclusions };
}
