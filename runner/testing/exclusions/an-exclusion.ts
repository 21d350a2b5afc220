import type { Exclusion, NewExclusion } from '@trainer/contract/exclusions';
import { exclusionSchema } from '@trainer/contract/exclusions';

/** An exclusion in force, as the control plane lists it. */
export function anExclusion(
  id: number,
  { kind, value }: Pick<NewExclusion, 'kind' | 'value'>,
  changes: { removed_at?: string } = {},
): Exclusion {
  return exclusionSchema.parse({
    id,
    kind,
    value,
    note: '',
    actor: 'tests',
    created_at: '2026-01-01T00:00:00.000Z',
    removed_at: null,
    removed_by: null,
    receipt: null,
    ...changes,
  });
}

/** The same one, taken back. */
export function takenBack(exclusion: Exclusion): Exclusion {
  return { ...exclusion, removed_at: '2026-02-01T00:00:00.000Z', removed_by: 'tests' };
}
