import { holdInTheMiddle } from '../in-the-middle.ts';
import { openTrainer } from '../trainer.ts';

/**
 * How long a build and a runner take to end in the middle of their work, on this machine. A person who stops a build watches;
 * a container is killed 10 s after SIGTERM.
 */
const STOP_TARGET_MS = 4_000;
const GO_TARGET_MS = 8_000;
/** Per request, so that performers are in hand at any moment. */
const LATENCY_MS = 700;

await using trainer = await openTrainer({ people: 10 });
trainer.box.slowDown(LATENCY_MS);

async function timed(action: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await action();
  return Math.round(performance.now() - since);
}

const first = await holdInTheMiddle(trainer);
first.letGo();
const stopMs = await timed(async () => {
  await trainer.call('POST /api/build/stop', { body: { reason: 'a benchmark' } });
  await trainer.ended(first.id);
});
const second = await holdInTheMiddle(trainer);
second.letGo();
const goMs = await timed(() => trainer.runner().stop());

const rows = [
  { what: 'a build that is stopped', ms: stopMs, target: STOP_TARGET_MS },
  { what: 'a runner that gets SIGTERM', ms: goMs, target: GO_TARGET_MS },
];
console.table(rows);
process.exitCode = rows.every(({ ms, target }) => ms < target) ? 0 : 1;
