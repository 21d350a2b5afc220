import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { findExclusion, retractExclusion } from './store.ts';

/**
 * Ends an exclusion and keeps its record. Repeated, it changes nothing and is no error.
 *
 * @throws {ProblemError} `not_found`
 */
export async function takeBack(
  { db, clock, record }: Pick<Deps, 'db' | 'clock' | 'record'>,
  id: number,
  actor: string,
): Promise<void> {
  if (await retractExclusion(db, id, actor, clock.now())) {
    return record({ level: 'info', message: `Exclusion ${id} was taken back by ${actor}` });
  }
  if (!(await findExclusion(db, id))) throw new ProblemError('not_found', `There is no exclusion ${id}.`);
}
