import { setTimeout as elapsed } from 'node:timers/promises';
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
}

const flows: readonly Flow[] = [
  { name: 'single lines', lines: 12, everyMs: 1_300 },
  { name: '20 lines/s', lines: 400, everyMs: 50 },
];
const readerCounts = [1, 20];
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

/** From the request that brings a line to its reader's event, ms. */
export async function measureLogs(): Promise<LogRow[]> {
  await using workerd = await openPlane('workerd');
  await using node = await openPlane('node');
  const rows: LogRow[] = [];
  for (const flow of flows) {
    for (const readers of readerCounts) {
      for (const plane of [workerd, node]) rows.push(await measure(plane, flow, readers));
    }
  }
  return rows;
}

async function measure(plane: Plane, flow: Flow, count: number): Promise<LogRow> {
  await using held = await holdIngest(plane);
  const readers = Array.from({ length: count }, () => readLog(plane.owner));
  await Promise.all(readers.map(({ opened }) => opened));
  const sentAt = await send(plane, held, flow);
  await elapsed(SETTLE_MS);
  await Promise.all(readers.map(({ close }) => close()));
  await complete(plane, held.lease, 'failed');
  const { median, p95, max } = spreadOf(readers.flatMap((reader) => latencies(reader, sentAt)));
  const sum = (of: (reader: LogReader) => number) => readers.reduce((all, reader) => all + of(reader), 0);
  return {
    flow: flow.name,
    readers: count,
    edge: plane.edge,
    median,
    p95,
    max,
    lost: sum(({ arrivals }) => flow.lines - new Set(ours(arrivals, sentAt).map(({ id }) => id)).size),
    doubled: sum(({ arrivals }) => arrivals.length - new Set(arrivals.map(({ id }) => id)).size),
    resumes: sum(({ resumes }) => resumes()),
  };
}

/** Sends the lines in time whatever the answers take, but one after the other. Answers with when each went off. */
async function send({ runner }: Plane, { lease }: HeldLease, flow: Flow): Promise<Map<string, number>> {
  const sentAt = new Map<string, number>();
  const beganAt = performance.now();
  for (let line = 0; line < flow.lines; line += 1) {
    await elapsed(Math.max(0, beganAt + line * flow.everyMs - performance.now()));
    const message = `line ${line} of ${flow.name} in ${lease.task_id}`;
    sentAt.set(message, performance.now());
    await runner('POST /api/leases/{task}/logs', {
      params: { task: lease.task_id },
      body: { fence: lease.fence, lines: [{ ...aLine, seq: lease.next_log_seq + line, message }] },
    });
  }
  return sentAt;
}

const aLine = { time: '2026-01-01T00:00:00.000Z', level: 'info', source: 'stashdb' } as const;

function ours(arrivals: LogReader['arrivals'], sentAt: Map<string, number>) {
  return arrivals.filter(({ message }) => sentAt.has(message));
}

function latencies({ arrivals }: LogReader, sentAt: Map<string, number>): number[] {
  return ours(arrivals, sentAt).map(({ message, at }) => at - (sentAt.get(message) ?? Number.NaN));
}
