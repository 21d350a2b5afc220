import { readFileSync } from 'node:fs';

/** The file's text without white space around it; undefined when there is no such file, or nothing in it. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
