import type { RunDetail, RunView, Status, TaskView } from '@trainer/contract/runs';
import { visible } from '@trainer/contract/visible';
import { type Command, InvalidArgumentError } from 'commander';
import { connect, connectPublicly } from './connect.ts';
import { duration, ofTotal, table } from './format.ts';
import { show, type Terminal } from './terminal.ts';

export function addRuns(program: Command, terminal: Terminal): void {
  program
    .command('runs')
    .description('past and present runs, newest first; with an id, one run and its tasks')
    .argument('[id]', 'number of a run', wholeNumber)
    .option('--limit <n>', 'how many to list', wholeNumber, 20)
    .option('--json', 'as JSON')
    .action(async (id: number | undefined, options: { limit: number; json?: boolean }) => {
      const api = connect(terminal);
      if (id === undefined) {
        const runs = await api('GET /api/runs', { query: { limit: options.limit } });
        show(terminal, options, runs, () => listRuns(runs));
      } else {
        const run = await api('GET /api/runs/{id}', { params: { id } });
        show(terminal, options, run, () => describeRun(run));
      }
    });
}

export function addStop(program: Command, terminal: Terminal): void {
  program
    .command('stop')
    .description('stop the active run after the performers in hand, or take a queued one out of the line')
    .argument('[run]', 'number of the run', wholeNumber)
    .option('--reason <text>', 'why, for whoever reads the run')
    .option('--json', 'as JSON')
    .action(async (run: number | undefined, { reason, json }: { reason?: string; json?: boolean }) => {
      const stopping = await connect(terminal)('POST /api/build/stop', { body: { reason, run_id: run } });
      show(terminal, { json }, stopping, () => 'The run stops after the performers in hand.');
    });
}

/** For commander: a count on the command line. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError('It has to be a whole number.');
}

function listRuns(runs: readonly RunView[]): string {
  if (runs.length === 0) return 'There has been no run yet.';
  const rows = runs.map((run) => [
    run.id,
    run.status,
    run.created_at.slice(0, 16).replace('T', ' '),
    tookOf(run),
    `${ofTotal(run.performers_processed, run.performers_total)} performers`,
    `${run.faces_added} faces added`,
    run.version ?? '',
    run.reason ?? '',
  ]);
  return table(rows);
}

/** One run for people: what it was, its tasks, and what became of it. */
export function describeRun(run: RunDetail): string {
  const reason = run.reason ? ` (${run.reason})` : '';
  const lines = [
    visible(
      `Run ${run.id} is ${run.status}${reason}, asked for by ${run.requested_by}, ${tookOf(run) || 'not started'}`,
    ),
    table(run.tasks.map(taskRow)),
  ];
  if (run.version) lines.push(`Version ${run.version}: ${run.performers} performers, ${run.faces} faces`);
  if (run.diff) {
    const { against, performers_delta, faces_delta } = run.diff;
    lines.push(
      `Against run ${against}: ${signed(performers_delta)} performers, ${signed(faces_delta)} faces`,
    );
  }
  return lines.join('\n');
}

function taskRow({ kind, source, status, progress, reason }: TaskView): string[] {
  return [
    `  ${kind}`,
    source ?? '',
    status,
    kind === 'publish'
      ? ''
      : `${ofTotal(progress.performers_processed, progress.performers_total)} performers`,
    kind === 'publish' ? '' : `${progress.faces_added} faces added`,
    progress.errors > 0 ? `${progress.errors} errors` : '',
    reason ?? '',
  ];
}

function tookOf({ started_at, finished_at }: RunView): string {
  if (!started_at) return '';
  const seconds = (Date.parse(finished_at ?? new Date().toISOString()) - Date.parse(started_at)) / 1_000;
  return duration(Math.max(0, seconds));
}

function signed(delta: number): string {
  return delta > 0 ? `+${delta}` : `${delta}`;
}

export function addStatus(program: Command, terminal: Terminal): void {
  program
    .command('status')
    .description('what is running now, source by source')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const status = await connectPublicly(terminal)('GET /api/status');
      show(terminal, options, status, () => describeStatus(status));
    });
}

function describeStatus(status: Status): string {
  if (!status.running) return 'Nothing is running.';
  const performers = ofTotal(status.performers_processed, status.performers_total);
  const head = `Run ${status.run_id} is ${status.run_status}: ${performers} performers, ${status.faces_added} faces added, ${status.errors} errors`;
  const rows = Object.entries(status.by_source).map(([source, it]) => [
    source,
    it.status,
    `${ofTotal(it.performers_processed, it.performers_total)} performers`,
    `${it.faces_added} faces`,
    `${it.errors} errors`,
  ]);
  return rows.length === 0 ? head : `${head}\n${table(rows)}`;
}
