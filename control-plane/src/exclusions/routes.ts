import { type Exclusion, exclusionSchema } from '@trainer/contract/exclusions';
import type { AppContext } from '../context/app-context.ts';
import { isoTime, isoTimeOrNull } from '../http/iso-time.ts';
import { mount } from '../http/mount.ts';
import { requireOwnLease } from '../leases/require-lease.ts';
import { addExclusion, retract } from './manage-exclusions.ts';
import { reportEnforced } from './report-enforced.ts';
import { type ExclusionRow, listExclusions } from './store.ts';

export function mountExclusions(appContext: AppContext): void {
  const { deps } = appContext;

  mount(appContext, 'GET /api/exclusions', async () => (await listExclusions(deps.db)).map(toView));

  mount(appContext, 'POST /api/exclusions', async ({ body, caller }) =>
    toView(await addExclusion(deps, body, caller.name)),
  );

  mount(appContext, 'DELETE /api/exclusions/{id}', ({ params, caller }) =>
    retract(deps, params.id, caller.name),
  );

  mount(appContext, 'PUT /api/leases/{task}/exclusions', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    await reportEnforced(deps, params.task, body);
  });
}

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
