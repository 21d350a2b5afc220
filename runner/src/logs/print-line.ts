import { visible } from '@trainer/contract/visible';
import type { LogEntry, LogSink } from './logger.ts';

/** A sink that writes one line per entry for people: `12:03:04 warn stashdb: message  key=value`. */
export function printLines(write: (line: string) => void): LogSink {
  return (entry) => write(`${formatEntry(entry)}\n`);
}

/** One line, in which nothing that came from outside moves the cursor or begins a line of its own. */
export function formatEntry({ time, level, source, message, fields }: LogEntry): string {
  const clock = time.toISOString().slice(0, 19).replace('T', ' ');
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${formatValue(value)}`);
  const text = source ? `${source}: ${message}` : message;
  const line = [`${clock} ${level.padEnd(5)} ${text.replaceAll(/\s*\n\s*/g, ' | ')}`, ...pairs].join('  ');
  return visible(line);
}

function formatValue(value: string | number | boolean | null): string {
  return typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : String(value);
}
