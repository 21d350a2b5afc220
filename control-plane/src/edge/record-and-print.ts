import type { Deps } from '../context/deps.ts';
import { recordLines } from '../logs/record-lines.ts';
import { printLine } from './print-line.ts';

/** `Deps.record` at an edge: lines go to the log that people read, and to the program's own. */
export function recordAndPrint(deps: Pick<Deps, 'db' | 'clock' | 'notifier'>): Deps['record'] {
  return async (...lines) => {
    for (const { level, message, fields } of lines) printLine(level, message, fields);
    await recordLines(deps, lines);
  };
}
