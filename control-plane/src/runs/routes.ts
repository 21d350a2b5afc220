import type { AppContext } from '../context/app-context.ts';
import { mount } from '../http/mount.ts';
import { ProblemError } from '../http/problem-error.ts';
import { startRun } from './start-run.ts';
import { stopRun } from './stop-run.ts';
import { currentRun, findRun, listRuns, publishedBefore } from './store.ts';
import { tasksOf } from './task-store.ts';
import { diffOf, toRunView, toStatus, toTaskView } from './views.ts';

/** `refresh` brings statuses up to date before they are read. */
export function mountRuns(appContext: AppContext, refresh: () => Promise<void>): void {
  const { deps } = appContext;
  const { db, clock } = deps;

  mount(appContext, 'POST /api/build/start', async ({ body, caller }) => {
    await refresh();
    return startRun(deps, body, caller.name);
  });

  mount(appContext, 'POST /api/build/stop', async ({ body, caller }) => {
    await refresh();
    await stopRun(deps, body, caller.name);
    return { status: 'stopping' as const };
  });

  mount(appContext, 'GET /api/status', async () => {
    await refresh();
    const run = await currentRun(db);
    return toStatus(run, run ? await tasksOf(db, [run.id]) : []);
  });

  mount(appContext, 'GET /api/runs', async ({ query }) => {
    await refresh();
    const runs = await listRuns(db, query.limit);
    const tasks = await tasksOf(
      db,
      runs.map(({ id }) => id),
    );
    return runs.map((run) =>
      toRunView(
        run,
        tasks.filter(({ runId }) => runId === run.id),
        clock.now(),
      ),
    );
  });

  mount(appContext, 'GET /api/runs/{id}', async ({ params }) => {
    await refresh();
    const run = await findRun(db, params.id);
    if (!run) throw new ProblemError('not_found', `There is no run ${params.id}.`);
    const tasks = await tasksOf(db, [run.id]);
    return {
      ...toRunView(run, tasks, clock.now()),
      tasks: tasks.map((task) => toTaskView(task, clock.now())),
      diff: diffOf(run, await publishedBefore(db, run.id)),
    };
  });
}
