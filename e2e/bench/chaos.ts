import { runChaos } from '../chaos/run-chaos.ts';

/**
 * 200 times at random moments something breaks around a control plane on workerd: the Worker is killed, a connection cut, R2
 * fails. No line, part, run or lease may be lost or doubled. `SEED=123 npm run bench -- chaos` does the same again.
 */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const count = Number(process.env.COUNT ?? 200);

console.log(`SEED=${seed}`);
const startedAt = performance.now();
const printed: string[] = [];
const print = (line: string) => void printed.push(line);
const { violations, disturbances, ...checked } = await runChaos({ count, seed, print });
console.table(Object.fromEntries(Object.entries(disturbances).toSorted(([a], [b]) => (a < b ? -1 : 1))));
console.log(
  Object.entries(checked)
    .map(([what, number]) => `${number} ${what}`)
    .join(', '),
  `checked after ${Math.round((performance.now() - startedAt) / 1_000)} s`,
);
if (violations.length > 0) console.error(printed.join('\n'));
for (const violation of violations) console.error(violation);
console.log(violations.length === 0 ? 'nothing was lost or doubled' : `${violations.length} violations`);
process.exit(violations.length === 0 ? 0 : 1);
