import type { newScheduleSchema } from '@trainer/contract/schedules';
import { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { listDefinitions, requireSources } from '../sources/store.ts';
import { nextOccurrences, requireWhen } from './occurrences.ts';
import {
  deleteSchedule,
  insertSchedule,
  listSchedules,
  type ScheduleFields,
  type ScheduleRow,
  updateSchedule,
} from './store.ts';

type Need = Pick<Deps, 'db' | 'clock' | 'record'>;
type Wanted = z.output<typeof newScheduleSchema>;

/** @throws {ProblemError} `invalid_request` when its time is invalid, or one of its sources is unknown */
export async function addSchedule(deps: Need, wanted: Wanted, actor: string): Promise<ScheduleRow> {
  const now = deps.clock.now();
  await requireKnown(deps, wanted);
  const row = await insertSchedule(deps.db, toFields(wanted, now), { actor, now });
  await say(deps, row, `was added by ${actor}`);
  return row;
}

/** @throws {ProblemError} `not_found`, or `invalid_request` when its time makes no sense */
export async function changeSchedule(
  deps: Need,
  id: number,
  wanted: Wanted,
  actor: string,
): Promise<ScheduleRow> {
  const now = deps.clock.now();
  const before = (await listSchedules(deps.db)).find((each) => each.id === id);
  await requireKnown(deps, wanted, before);
  const row = await updateSchedule(deps.db, id, toFields(wanted, now), now);
  if (!row) throw unknown(id);
  await say(deps, row, `was changed by ${actor}`);
  return row;
}

/** @throws {ProblemError} `not_found` */
export async function removeSchedule(deps: Need, id: number, actor: string): Promise<void> {
  const row = await deleteSchedule(deps.db, id);
  if (!row) throw unknown(id);
  await say(deps, row, `was removed by ${actor}`);
}

/** Only newly added sources must exist: one that the schedule named before may have been removed since. */
async function requireKnown({ db }: Need, { params }: Wanted, before?: ScheduleRow): Promise<void> {
  const stored = before ? sourcesOf.safeParse(JSON.parse(before.params)).data?.sources : [];
  const added = (params.sources ?? []).map((id) => (stored?.includes(id) ? null : id));
  requireSources(added, await listDefinitions(db), 'params.sources');
}

const sourcesOf = z.object({ sources: z.array(z.string()).default([]) });

function toFields({ name, cron, time_zone, params, missed, enabled }: Wanted, now: number): ScheduleFields {
  requireWhen({ cron, time_zone }, now);
  const [next = null] = enabled ? nextOccurrences({ cron, time_zone }, now, 1) : [];
  return { name, cron, timeZone: time_zone, params: JSON.stringify(params), missed, enabled, nextAt: next };
}

function say({ record }: Need, { id, name }: ScheduleRow, what: string): Promise<void> {
  return record({ level: 'info', message: `Schedule ${id} (${name}) ${what}` });
}

function unknown(id: number): ProblemError {
  return new ProblemError('not_found', `There is no schedule ${id}.`);
}
