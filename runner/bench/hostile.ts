import { runHostileDay } from '../testing/pipeline/hostile-day.ts';

// A day of runs, by a clock that does not have to be waited for, against sources that do everything that was ever seen of them: cut and
// mislabelled bodies, outages, lies, dying browsers, people who are merged, deleted and forgotten. Goal: the process lives, every task
// ends or says plainly why not, nobody is removed who is there, and in the end the catalog holds what an undisturbed run gives.
// `SEED=123 npm run bench -- hostile` does the same again; `VERBOSE=1` prints every task.

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const isVerbose = process.env.VERBOSE !== undefined;
console.log(`SEED=${seed}`);
const startedAt = performance.now();
const printed: string[] = [];
const day = await runHostileDay({
  seed,
  people: Number(process.env.PEOPLE ?? 60),
  everyHours: Number(process.env.EVERY_HOURS ?? 1),
  withHuge: true,
  print: (line) => void (isVerbose ? console.log(line) : printed.push(line)),
});
const byName = (counts: ReadonlyMap<string, number>) =>
  Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
console.table(byName(day.fault));
console.table(byName(day.endings));
console.log(
  `${day.runs} runs, ${day.tasks} tasks, ${day.requests} requests, ${day.faces} faces at the end; ${Math.round((performance.now() - startedAt) / 1_000)} s, ${Math.round(process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6)} s of CPU`,
);
if (day.violations.length > 0 && !isVerbose) console.error(printed.join('\n'));
for (const violation of day.violations.slice(0, 50)) console.error(violation);
console.log(day.violations.length === 0 ? 'nothing was lost' : `${day.violations.length} violations`);
process.exitCode = day.violations.length === 0 ? 0 : 1;
