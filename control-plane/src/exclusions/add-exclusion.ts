import type { newExclusionSchema } from '@trainer/shared/exclusions';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { type ExclusionRow, insertExclusion } from './store.ts';

/**
 * Puts an exclusion into force; one that is in force already stays as it is and is answered with. The log names its number
 * alone: it is read by people who may not see whom it is about.
 */
export async function addExclusion(
  { db, clock, record }: Pick<Deps, 'db' | 'clock' | 'record'>,
  { kind, value, note }: z.output<typeof newExclusionSchema>,
  actor: string,
): Promise<ExclusionRow> {
  const row = { kind, value: JSON.stringify(value), note, actor, createdAt: clock.now() };
  const { stored, isNew } = await insertExclusion(db, row);
  if (isNew)
    await record({ level: 'info', message: `Exclusion ${stored.id} (${kind}) was added by ${actor}` });
  return stored;
}
