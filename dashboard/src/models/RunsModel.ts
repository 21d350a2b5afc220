import { computed, createModel, signal } from '@preact/signals';
import type { RunDetail, RunView } from '@trainer/contract/runs';
import type { Browser } from '../api/browser.ts';
import type { BuildRequest } from '../derive/build-request.ts';
import { isActive, isFinal } from '../derive/run-text.ts';
import { createAction } from './action.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { ACTIVE_MS, createRemote, IDLE_MS, QUIET_MS } from './remote.ts';

/** The largest page that the contract allows. */
const RUNS_MAX = 200;

interface Overview {
  runs: RunView[];
  /** The run that is active, with its tasks. */
  active: RunDetail | null;
}

/** All runs, and the active one in full. */
export const RunsModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const limit = signal(25);
  const overview = createRemote<Overview>({
    browser,
    everyMs: ({ runs }) => (runs.every(isFinal) ? IDLE_MS : ACTIVE_MS),
    load: async () => {
      const runs = await connection.call('GET /api/runs', { query: { limit: limit.peek() } });
      const active = runs.find(isActive);
      return {
        runs,
        active: active ? await connection.call('GET /api/runs/{id}', { params: { id: active.id } }) : null,
      };
    },
  });
  /** The last start request that has not been confirmed. */
  let wanted = { what: '', id: '' };
  const start = createAction(async (body: BuildRequest) => {
    // `queue` is left out of the comparison: the active run may be the one whose answer was lost.
    const what = JSON.stringify({ ...body, queue: null });
    if (wanted.what !== what) wanted = { what, id: newRequestId() };
    const started = await connection.call('POST /api/build/start', {
      body: { ...body, request_id: wanted.id },
    });
    wanted = { what: '', id: '' };
    void overview.reload();
    return started;
  });
  const stop = createAction(async (run: number, reason: string) => {
    await connection.call('POST /api/build/stop', { body: { run_id: run, reason: reason || undefined } });
    await overview.reload();
    return true;
  });

  return {
    runs: computed(() => overview.data.value?.runs),
    active: computed(() => overview.data.value?.active ?? null),
    error: overview.error,
    /** Whether older runs may exist than those shown. */
    hasMore: computed(() => {
      const shown = overview.data.value?.runs.length ?? 0;
      return shown >= limit.value && limit.value < RUNS_MAX;
    }),
    start,
    stop,
    reload: overview.reload,
    showMore() {
      limit.value = RUNS_MAX;
      return overview.reload();
    },
  };
});
export type RunsModel = InstanceType<typeof RunsModel>;

/** One run with its tasks. */
export const RunModel = createModel((connection: ConnectionModel, browser: Browser, id: number) => {
  const { data, error, reload } = createRemote({
    browser,
    everyMs: (run) => (isFinal(run) ? QUIET_MS : ACTIVE_MS),
    load: () => connection.call('GET /api/runs/{id}', { params: { id } }),
  });
  return { run: data, error, reload };
});
export type RunModel = InstanceType<typeof RunModel>;

/** A random request id. `crypto.randomUUID` is available on HTTPS and localhost only. */
function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
