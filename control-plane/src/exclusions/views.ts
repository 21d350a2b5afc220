import { type Exclusion, exclusionSchema } from '@trainer/contract/exclusions';
import { isoTime, isoTimeOrNull } from '../http/iso-time.ts';
import type { ExclusionRow } from './store.ts';

/** An exclusion as the API gives it. */
export function toView(row: ExclusionRow): Exclusion {
  const value: unknown = JSON.parse(row.value);
  return exclusionSchema.parse({
    id: row.id,
    kind: row.kind,
    value,
    note: row.note,
    actor: row.actor,
    created_at: isoTime(row.createdAt),
    removed_at: isoTimeOrNull(row.removedAt),
    removed_by: row.removedBy,
    receipt: receiptOf(row),
  });
}

function receiptOf({ firstVersion, performersRemoved, facesRemoved, receiptAt }: ExclusionRow) {
  if (firstVersion === null) return null;
  return {
    first_version: firstVersion,
    performers_removed: performersRemoved,
    faces_removed: facesRemoved,
    at: isoTimeOrNull(receiptAt),
  };
}
