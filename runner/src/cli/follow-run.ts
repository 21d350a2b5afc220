import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '@trainer/contract/client';
import { finalRunStatuses, type RunDetail } from '@trainer/contract/runs';
import { visible } from '@trainer/contract/visible';
import { SingleBar } from 'cli-progress';
import { createSession } from '../control/session.ts';
import { createLogger } from '../logs/logger.ts';
import { duration, ofTotal } from './format.ts';
import type { Terminal } from './terminal.ts';

const lookEveryMs = 1_000;
/** On a terminal that nobody watches, a line now and then is enough. */
const lineEveryMs = 10_000;

/** Shows a run's progress until the run is over; goes on when the control plane restarts meanwhile. */
export async function followRun(api: Call, id: number, terminal: Terminal): Promise<RunDetail> {
  const say = (line: string) => terminal.err(`${line}\n`);
  const log = createLogger({ sinks: [({ message }) => say(message)], redact: (text) => text });
  const session = createSession({ api, log, sleep: (ms, signal) => sleep(ms, undefined, { signal }) });
  const view = terminal.isWatched ? createBar() : createLines(say);
  try {
    for (;;) {
      const run = await session('GET /api/runs/{id}', { params: { id }, signal: terminal.interrupted });
      view.update(run);
      if (finalRunStatuses.some((status) => status === run.status)) return run;
      await sleep(lookEveryMs, undefined, { signal: terminal.interrupted });
    }
  } finally {
    view.end();
  }
}

interface RunView {
  update(run: RunDetail): void;
  end(): void;
}

function createBar(): RunView {
  const bar = new SingleBar({
    format: '{bar} {percentage} %  {said}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
    stopOnComplete: false,
  });
  bar.start(1, 0, { said: '' });
  return {
    update(run) {
      const { done, total } = measure(run);
      bar.setTotal(Math.max(total ?? done, 1));
      bar.update(total === null ? 0 : done, { said: describe(run) });
    },
    end: () => bar.stop(),
  };
}

function createLines(say: (line: string) => void): RunView {
  let lastAt = 0;
  let lastStage = '';
  return {
    update(run) {
      const stage = `${run.status} ${activeTasks(run)}`;
      if (stage === lastStage && Date.now() - lastAt < lineEveryMs) return;
      lastAt = Date.now();
      lastStage = stage;
      say(describe(run));
    },
    end() {},
  };
}

/** Performers, until a task says that it counts something else. */
function measure(run: RunDetail): { done: number; total: number | null } {
  const activity = run.tasks.find(({ status, progress }) => status === 'leased' && progress.activity)
    ?.progress.activity;
  return activity ?? { done: run.performers_processed, total: run.performers_total };
}

/** "Run 3 is running stashdb: 12 of 40 performers, 31 faces added, 2 errors, about 5 min left". */
export function describe(run: RunDetail): string {
  const activity = run.tasks.find(({ status }) => status === 'leased')?.progress.activity;
  const parts = [
    `${ofTotal(run.performers_processed, run.performers_total)} performers`,
    `${run.faces_added} faces added`,
    ...(run.errors > 0 ? [`${run.errors} errors`] : []),
    ...(activity ? [`${activity.label} (${ofTotal(activity.done, activity.total)})`] : []),
    ...etaOf(run),
  ];
  return visible(`Run ${run.id} is ${run.status}${activeTasks(run)}: ${parts.join(', ')}`);
}

function etaOf({ pace }: RunDetail): string[] {
  if (pace.eta_s === null || pace.eta_s < 1) return [];
  return [`${pace.is_guess ? 'perhaps' : 'about'} ${duration(pace.eta_s)} left`];
}

function activeTasks(run: RunDetail): string {
  const names = run.tasks
    .filter(({ status }) => status === 'leased')
    .map(({ kind, source }) => source ?? kind);
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}
