import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inAnotherOrder, measureWorld } from '../testing/world/measure-world.ts';
import { findTruePairs } from '../testing/world/true-pairs.ts';
import { makeWorld } from '../testing/world/world.ts';

// Who is the same performer, in a generated world whose truth is known: 20,000 people over six stash-boxes with link rates
// of 3 % to 60 %, namesakes, wrong links, shared accounts, doubles, merges and deletions. A quarter of it first, to show how
// time and memory grow; and the whole once more in another order, which must give the same performers.

const targetPrecision = 0.999;
const targetRecall = 0.98;
const people = 20_000;
const seed = 20_260_301;

const folder = mkdtempSync(join(tmpdir(), 'bench-identity-'));
try {
  const small = await measure(people / 4);
  const world = makeWorld(people, seed);
  const whole = await measure(people, world);
  const again = await measureWorld(inAnotherOrder(world, seed + 1), findTruePairs(world), folder);
  const isSame = again.partition.join('\n') === whole.partition.join('\n');

  console.table(
    [small, whole].map(({ partition: _, wrong, missed, found, ...row }) => ({
      people: row.people,
      records: row.records,
      performers: row.performers,
      'pairs found': found,
      'of them wrong': wrong.length,
      'pairs with evidence': row.pairs,
      missed: missed.length,
      precision: round(row.precision),
      recall: round(row.recall),
      'recall of pairs without evidence too': round(row.recallOfAll),
      'ms per record': round((row.seconds * 1000) / row.records),
      'peak memory on top, MB': row.peakMb,
    })),
  );
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1000);
  console.log(`peak memory of the whole process, worlds and their answers included: ${peakMb} MB`);
  console.log(`precision ${round(whole.precision)} (goal: at least ${targetPrecision})`);
  console.log(
    `recall of true pairs that share evidence ${round(whole.recall)} (goal: at least ${targetRecall})`,
  );
  console.log(`the same performers in another order: ${isSame ? 'yes' : 'no'} (goal: yes)`);
  const isMet = whole.precision >= targetPrecision && whole.recall >= targetRecall && isSame;
  process.exitCode = isMet ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(count: number, world = makeWorld(count, seed)) {
  const pairs = findTruePairs(world);
  const measured = await measureWorld(world, pairs, folder);
  return { people: count, pairs: pairs.withEvidence.size, ...measured };
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
