import { limits } from '@trainer/contract/limits';
import type { Deps } from '../context/deps.ts';
import { forgetQuestions } from './store.ts';

/** Deletes what was asked too long ago, answers included. Called from time to time by the edge. */
export function forgetOldQuestions({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  return forgetQuestions(db, clock.now() - limits.questionKeptMs);
}
