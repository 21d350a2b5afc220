import { createHash, randomBytes } from 'node:crypto';
import { limits } from '@trainer/contract/limits';
import { startWorkerd } from '../../../control-plane/src/edge/local/start-workerd.ts';
import { cpuMsOf, serverIn } from './memory.ts';

export const BARE_WORKER = new URL('../../../control-plane/testing/workers/bare-worker.ts', import.meta.url)
  .pathname;

/** CPU time is known to 10 ms, so many requests share a reading. */
const REQUESTS = 25;
const ROUNDS = 3;

const ways: Readonly<Record<string, string>> = {
  'hashed in large pieces, as a part is': 'hash-pieces',
  'hashed whole, held in memory': 'hash-whole',
  'hashed chunk by chunk': 'hash-chunks',
};

export interface HashRow {
  what: string;
  'CPU ms a part': number;
  'MB/s of CPU time': number;
}

/** What the sha256 of a part costs inside workerd, over a request that only takes the same bytes. */
export async function measureHashing(): Promise<HashRow[]> {
  await using workerd = await startWorkerd({ bindings: {}, entry: BARE_WORKER });
  const pid = serverIn(process.pid);
  const body = randomBytes(limits.uploadPartBytes);

  async function cpuMs(route: string): Promise<number> {
    const before = cpuMsOf(pid);
    for (let request = 0; request < REQUESTS; request += 1) {
      const answer = await fetch(`${workerd.url}/${route}`, { method: 'POST', body });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`/${route} answered ${answer.status}`);
    }
    return (cpuMsOf(pid) - before) / REQUESTS;
  }

  await cpuMs('take');
  const rows = [];
  for (const [what, route] of Object.entries(ways)) {
    const extra: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) extra.push((await cpuMs(route)) - (await cpuMs('take')));
    rows.push(toRow(what, middleOf(extra)));
  }
  return [...rows, toRow('for comparison: Node', cpuMsOnNode(body))];
}

function cpuMsOnNode(body: Uint8Array): number {
  const before = process.cpuUsage();
  for (let round = 0; round < REQUESTS; round += 1) createHash('sha256').update(body).digest();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / REQUESTS;
}

function toRow(what: string, ms: number): HashRow {
  return {
    what,
    'CPU ms a part': Math.round(ms * 10) / 10,
    'MB/s of CPU time': Math.round(limits.uploadPartBytes / 1_000 / ms),
  };
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
