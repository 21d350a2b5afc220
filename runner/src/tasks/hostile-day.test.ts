import { expect, it } from 'vitest';
import { runHostileDay } from '../../testing/pipeline/hostile-day.ts';

/** `SEED=123 npx vitest run runner/src/pipeline/hostile-day` does the same again; `npm run bench -- hostile` a longer day. */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

it('outlives a day of a hostile world, loses nobody who is there, and ends with what an undisturbed run gives', async ({
  onTestFailed,
}) => {
  const printed: string[] = [];
  onTestFailed(() => void process.stderr.write(`SEED=${seed}\n${printed.slice(-300).join('\n')}\n`));
  const print = (line: string) => void printed.push(line);
  const day = await runHostileDay({ seed, people: 8, everyHours: 4, withHuge: false, print });
  expect(day.violations).toEqual([]);
  expect(day.runs).toBeGreaterThanOrEqual(6);
  expect(day.fault.size).toBeGreaterThan(0);
});
