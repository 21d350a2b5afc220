/**
 * The control plane on workerd against the same one on Node, as programs of their own, in the same run: how soon a run's first
 * lease and a log line arrive, what idleness costs in a day, and how 300 MB go there and back. Takes ten minutes. Memory
 * and CPU time are read from /proc, so it needs Linux.
 *
 * What stands between workerd and Cloudflare is not measured: the way there, Turso's and R2's own answers, and the
 * eviction of isolates. Miniflare's R2 lives in workerd's process and keeps what it is given: the bare Worker shows its share.
 */
import { measureHashing } from './edge/hashing.ts';
import { measureIdle } from './edge/idle.ts';
import { measureLeases } from './edge/lease-latency.ts';
import { measureLogs } from './edge/log-latency.ts';
import { measureUploads } from './edge/upload.ts';

const LEASE_MEDIAN_MS = 1_000;
const LOG_LINE_MS = 1_000;
const REQUESTS_A_DAY = 5_000;
/** Of Cloudflare's free plan. */
const CPU_MS = 10;

const missed: string[] = [];

section('From the start of a run to the lease in a waiting runner’s hands, ms');
const leases = await measureLeases();
console.table(leases);
for (const { scene, edge, median } of leases) {
  expectBelow(`a lease for ${scene} on ${edge}, median ms`, median, LEASE_MEDIAN_MS);
}

section('From a log line to its readers, ms');
const logs = await measureLogs();
console.table(logs);
for (const { flow, readers, edge, max, lost, doubled } of logs) {
  const what = `${flow} to ${readers} on ${edge}`;
  expectBelow(`${what}, longest ms`, max, LOG_LINE_MS);
  expectBelow(`${what}, lines lost or doubled`, lost + doubled, 1);
}

section('What idleness costs on workerd');
const idle = await measureIdle();
console.table(idle);
expectBelow('requests a day of a runner that waits', idle[0]?.['requests a day'], REQUESTS_A_DAY + 1);

section('The sha256 of a part inside workerd');
const hashing = await measureHashing();
console.table(hashing);
expectBelow('CPU ms for the hash of a part', hashing[0]?.['CPU ms a part'], CPU_MS);

section('A version of 300 MB, there and back');
const { rows, checks, ownCpuMs } = await measureUploads();
console.table(rows);
console.log(
  `A part costs ${ownCpuMs} ms of CPU more than the bare Worker’s, of the ${CPU_MS} that a request has.`,
);
expectBelow('CPU ms of a part beyond the bare Worker’s', ownCpuMs, CPU_MS);
for (const row of rows) {
  expectBelow(`parts stored twice, ${row.what}`, row['stored twice'] ?? 0, 1);
  expectBelow(`MB lost, ${row.what}`, row['lost, MB'] ?? 0, 1e-6);
}
for (const { edge, what, ok } of checks) expectBelow(`on ${edge} it is not so: ${what}`, ok ? 0 : 1, 1);
console.log(
  `${checks.filter(({ ok }) => ok).length} of ${checks.length} checks of what was downloaded hold.`,
);

if (missed.length > 0) console.error(`\nMissed:\n${missed.map((each) => `- ${each}`).join('\n')}`);
process.exitCode = missed.length > 0 ? 1 : 0;

function section(title: string): void {
  console.log(`\n${title}\n`);
}

function expectBelow(what: string, value: number | undefined, limit: number): void {
  if (value !== undefined && value < limit) return;
  missed.push(`${what}: ${value} (target: below ${limit})`);
}
