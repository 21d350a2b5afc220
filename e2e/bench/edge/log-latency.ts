import { setTimeout as elapsed } from 'node:timers/promises';
import type { Lease } from '@trainer/contract/leases';
import { createTaskLog } from '../../../runner/src/logs/task-log.ts';
import type { Edge } from '../../programs/control-plane.ts';
import { complete, type HeldLease, holdIngest } from './hold-lease.ts';
import { openPlane, type Plane } from './open-plane.ts';
import { type LogReader, readLog } from './read-log.ts';
import { spreadOf } from './spread.ts';

/** How lines come: one, then silence; or a build's steady stream, for longer than any event stream lasts on Workers. */
interface Flow {
  name: string;
  lines: number;
  everyMs: number;
  /** Each in a request of its own, or as a runner gathers and brings what its tasks write. */
  bring: (plane: Plane, lease: Lease) => Bring;
  readers: number;
}

/** Brings a line; `seq` counts from 0. Resolves when the next may come. */
type Bring = (message: string, seq: number) => Promise<unknown>;

const single = { lines: 12, everyMs: 1_300 };
const steady = { lines: 400, everyMs: 50 };
const flows: readonly Flow[] = [
  { name: 'single lines, by request', ...single, bring: byRequest, readers: 1 },
  { name: 'single lines, by request', ...single, bring: byRequest, readers: 20 },
  { name: '20 lines/s, by request', ...steady, bring: byRequest, readers: 1 },
  { name: '20 lines/s, by request', ...steady, bring: byRequest, readers: 20 },
  { name: 'single lines, as a runner', ...single, bring: asRunner, readers: 1 },
  { name: '20 lines/s, as a runner', ...steady, bring: asRunner, readers: 20 },
];
/** Whatever is still on its way by then is late indeed, ms. */
const SETTLE_MS = 1_500;

export interface LogRow {
  flow: string;
  readers: number;
  edge: Edge;
  median: number;
  p95: number;
  max: number;
  lost: number;
  doubled: number;
  resumes: number;
}

/** From the moment that a line is written, or its request goes off, to its reader's event, ms. */
export async function measureLogs(): Promise<LogRow[]> {
  await using workerd = await openPlane('workerd');
  await using node = await openPlane('node');
  const rows: LogRow[] = [];
  for (const flow of flows) {
    for (const plane of [workerd, node]) rows.push(await measure(plane, flow));
  }
  return rows;
}

async function measure(plane: Plane, flow: Flow): Promise<LogRow> {
  await using held = await holdIngest(plane);
  const readers = Array.from({ length: flow.readers }, () => readLog(plane.owner));
  await Promise.all(readers.map(({ opened }) => opened));
  const writtenAt = await send(plane, held, flow);
  await elapsed(SETTLE_MS);
  await Promise.all(readers.map(({ close }) => close()));
  await complete(plane, held.lease, 'failed');
  const { median, p95, max } = spreadOf(readers.flatMap((reader) => latencies(reader, writtenAt)));
  const sum = (of: (reader: LogReader) => number) => readers.reduce((all, reader) => all + of(reader), 0);
  return {
    flow: flow.name,
    readers: flow.readers,
    edge: plane.edge,
    median,
    p95,
    max,
    lost: sum(({ arrivals }) => flow.lines - new Set(ours(arrivals, writtenAt).map(({ id }) => id)).size),
    doubled: sum(({ arrivals }) => arrivals.length - new Set(arrivals.map(({ id }) => id)).size),
    resumes: sum(({ resumes }) => resumes()),
  };
}

/** Brings the lines in time, whatever the answers take. Answers with when each was written. */
async function send(plane: Plane, { lease }: HeldLease, flow: Flow): Promise<Map<string, number>> {
  const writtenAt = new Map<string, number>();
  const bring = flow.bring(plane, lease);
  const beganAt = performance.now();
  for (let line = 0; line < flow.lines; line += 1) {
    await elapsed(Math.max(0, beganAt + line * flow.everyMs - performance.now()));
    const message = `line ${line} of ${flow.name} in ${lease.task_id}`;
    writtenAt.set(message, performance.now());
    await bring(message, line);
  }
  return writtenAt;
}

function byRequest({ runner }: Plane, { task_id: task, fence, next_log_seq }: Lease): Bring {
  const line = { time: '2026-01-01T00:00:00.000Z', level: 'info', source: 'stashdb' } as const;
  return (message, seq) =>
    runner('POST /api/leases/{task}/logs', {
      params: { task },
      body: { fence, lines: [{ ...line, seq: next_log_seq + seq, message }] },
    });
}

function asRunner({ runner: session }: Plane, lease: Lease): Bring {
  const onRefused = (detail: string) => console.error(detail);
  const { sink } = createTaskLog({ lease, session, signal: new AbortController().signal, onRefused });
  return async (message) => sink({ time: new Date(), level: 'info', source: 'stashdb', message, fields: {} });
}

function ours(arrivals: LogReader['arrivals'], writtenAt: Map<string, number>) {
  return arrivals.filter(({ message }) => writtenAt.has(message));
}

function latencies({ arrivals }: LogReader, writtenAt: Map<string, number>): number[] {
  return ours(arrivals, writtenAt).map(({ message, at }) => at - (writtenAt.get(message) ?? Number.NaN));
}
