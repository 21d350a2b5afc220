import { expect, it } from 'vitest';
import { runChaos } from './chaos/run-chaos.ts';

/** `SEED=123 npx vitest run e2e/chaos.test.ts` breaks the same things at the same moments; `npm run bench -- chaos` many more. */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

it('a control plane on workerd loses and doubles nothing when all around it breaks at any moment', async ({
  onTestFailed,
}) => {
  const printed: string[] = [];
  onTestFailed(() => console.error(`SEED=${seed}`, printed.slice(-300).join('\n')));
  const report = await runChaos({ count: 16, seed, print: (line) => printed.push(line) });
  expect(report.violations).toEqual([]);
  expect(report.runs).toBeGreaterThan(0);
});
