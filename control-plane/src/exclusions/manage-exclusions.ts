import type { newExclusionSchema } from '@trainer/contract/exclusions';
import type { SourceDefinition, SourceId } from '@trainer/contract/sources';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import { invalidRequest, ProblemError } from '../http/problem-error.ts';
import { listDefinitions } from '../sources/store.ts';
import { type ExclusionRow, findExclusion, insertExclusion, retractExclusion } from './store.ts';

/**
 * Adds an exclusion, or returns the existing one in force. The log names only its number, because its readers may not see
 * whom it is about.
 *
 * @throws {ProblemError} `invalid_request` for an id of a source that is not a stash-box
 */
export async function addExclusion(
  { db, clock, record }: Pick<Deps, 'db' | 'clock' | 'record'>,
  exclusion: z.output<typeof newExclusionSchema>,
  actor: string,
): Promise<ExclusionRow> {
  const { kind, value, note } = exclusion;
  if (exclusion.kind === 'stash_box_id') requireStashBox(exclusion.value.endpoint, await listDefinitions(db));
  const row = { kind, value: JSON.stringify(value), note, actor, createdAt: clock.now() };
  const { stored, isNew } = await insertExclusion(db, row);
  if (isNew)
    await record({ level: 'info', message: `Exclusion ${stored.id} (${kind}) was added by ${actor}` });
  return stored;
}

function requireStashBox(endpoint: SourceId, definitions: readonly SourceDefinition[]): void {
  const boxes = definitions.filter(({ kind }) => kind === 'stash-box').map(({ id }) => id);
  if (boxes.includes(endpoint)) return;
  throw invalidRequest({
    errors: [{ field: 'value.endpoint', message: `expected one of ${boxes.join(', ')}` }],
    more: 0,
  });
}

/**
 * Ends an exclusion and keeps its record. Repeated, it changes nothing and is no error.
 *
 * @throws {ProblemError} `not_found`
 */
export async function retract(
  { db, clock, record }: Pick<Deps, 'db' | 'clock' | 'record'>,
  id: number,
  actor: string,
): Promise<void> {
  if (await retractExclusion(db, id, actor, clock.now())) {
    return record({ level: 'info', message: `Exclusion ${id} was retracted by ${actor}` });
  }
  if (!(await findExclusion(db, id))) throw new ProblemError('not_found', `There is no exclusion ${id}.`);
}
