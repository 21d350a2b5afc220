import { type NewSchedule, newScheduleSchema, type Schedule } from '@trainer/contract/schedules';
import { isTimeZone, nextTimes } from './make-schedules.ts';
import { Refusal, refuse } from './refusal.ts';
import type { World } from './world.ts';

export function addSchedule(world: World, body: NewSchedule): Schedule {
  const id = Math.max(0, ...world.schedules.map((each) => each.id)) + 1;
  const created = {
    created_by: world.session?.name ?? 'owner',
    created_at: new Date(world.now()).toISOString(),
  };
  const added = { ...created, ...settle(world, body), id, last: null };
  world.schedules.push(added);
  return added;
}

export function changeSchedule(world: World, id: number, body: NewSchedule): Schedule {
  return Object.assign(find(world, id), settle(world, body));
}

export function removeSchedule(world: World, id: number): undefined {
  const gone = find(world, id);
  world.schedules = world.schedules.filter((each) => each !== gone);
  return undefined;
}

/** @throws Refusal that names the fields, as the real one does */
export function previewSchedule(world: World, cron: string, timeZone: string): { next: string[] } {
  const isZone = isTimeZone(timeZone);
  const next = nextTimes(cron, isZone ? timeZone : 'UTC', world.now(), 5);
  const errors = [
    ...(next.length > 0 ? [] : [{ field: 'cron', message: `"${cron}" cannot be read` }]),
    ...(isZone ? [] : [{ field: 'time_zone', message: `there is no time zone "${timeZone}"` }]),
  ];
  if (errors.length > 0) throw new Refusal('invalid_request', 'Some fields are invalid.', errors);
  return { next };
}

function settle(world: World, body: NewSchedule) {
  const wanted = newScheduleSchema.parse(body);
  const { next } = previewSchedule(world, wanted.cron, wanted.time_zone);
  return { ...wanted, next: wanted.enabled ? next.slice(0, 3) : [] };
}

function find(world: World, id: number): Schedule {
  return world.schedules.find((each) => each.id === id) ?? refuse('not_found', `There is no schedule ${id}.`);
}
