import type { AppContext } from '../context/app-context.ts';
import { isoTime } from '../http/iso-time.ts';
import { mount } from '../http/mount.ts';
import { nextOccurrences, requireWhen } from './occurrences.ts';
import { addSchedule, changeSchedule, removeSchedule } from './save-schedule.ts';
import { listSchedules } from './store.ts';
import { toView } from './views.ts';

/** How far a preview looks ahead. */
const PREVIEWED = 5;

export function mountSchedules(appContext: AppContext): void {
  const { deps } = appContext;
  const { db, clock } = deps;

  mount(appContext, 'GET /api/schedules', async () =>
    (await listSchedules(db)).map((row) => toView(row, clock.now())),
  );

  mount(appContext, 'GET /api/schedules/preview', async ({ query }) => {
    requireWhen(query, clock.now());
    return { next: nextOccurrences(query, clock.now(), PREVIEWED).map(isoTime) };
  });

  mount(appContext, 'POST /api/schedules', async ({ body, caller }) =>
    toView(await addSchedule(deps, body, caller.name), clock.now()),
  );

  mount(appContext, 'PUT /api/schedules/{id}', async ({ params, body, caller }) =>
    toView(await changeSchedule(deps, params.id, body, caller.name), clock.now()),
  );

  mount(appContext, 'DELETE /api/schedules/{id}', ({ params, caller }) =>
    removeSchedule(deps, params.id, caller.name),
  );
}
