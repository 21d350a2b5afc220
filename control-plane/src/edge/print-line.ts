import { visible } from '@trainer/contract/visible';
import type { Deps, ProgramLog } from '../context/deps.ts';
import { recordLines } from '../logs/record-lines.ts';

/** Writes the program's log: one line per event, on standard output. */
export const printLine: ProgramLog = (level, message, fields = {}) => {
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const line = `${new Date().toISOString()} ${level.padEnd(5)} ${message}${rest.join('')}`;
  // Messages quote what came from outside: it must neither begin a line of its own nor move the cursor.
  console.log(visible(line.replaceAll(/[\r\n]+/g, ' ⏎ ')));
};

/** `Deps.record` at an edge: lines go to the log that people read, and to the program's own. */
export function recordAndPrint(deps: Pick<Deps, 'db' | 'clock' | 'notifier'>): Deps['record'] {
  return async (...lines) => {
    for (const { level, message, fields } of lines) printLine(level, message, fields);
    await recordLines(deps, lines);
  };
}
