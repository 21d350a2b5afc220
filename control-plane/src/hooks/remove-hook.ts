import type { Deps } from '../context/deps.ts';
import { requireHook } from './require-hook.ts';
import { deleteHook } from './store.ts';

/**
 * Removes a hook with its deliveries: nothing more is sent to it.
 *
 * @throws {ProblemError} `not_found`
 */
export async function removeHook(
  { db, record }: Pick<Deps, 'db' | 'record'>,
  id: number,
  actor: string,
): Promise<void> {
  const { name } = await requireHook(db, id);
  await deleteHook(db, id);
  await record({ level: 'info', message: `Hook "${name}" was removed by ${actor}` });
}
