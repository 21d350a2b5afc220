import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Exchange } from './recording-proxy.ts';

/** Every recorded exchange of a protocol by its name, and the rows that were stored when it was over. */
export function readRecorded(number: number): {
  exchanges: Record<string, Exchange>;
  rows: Record<string, Record<string, unknown>>;
} {
  const folder = resolve(import.meta.dirname, 'recorded', String(number));
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const names = readdirSync(folder).filter((file) => file !== 'rows.json');
  return {
    exchanges: Object.fromEntries(names.map((file) => [file.replace('.json', ''), read(file)])),
    rows: read('rows.json'),
  };
}

/** Objects with names of their own for keys: whatever is added there is an entry, and no field. */
const DICTIONARIES = new Set(['rejections', 'hosts', 'refusals', 'checksums', 'by_source', 'fields']);
/** Names of lists that grow; a later release has one that nobody knows here. */
const GROWING = new Set(['want', 'run_status']);

export const LATER_FIELD = 'field_of_a_later_release';

/** The same as a later release would say it: one more field in every object, and unknown names of growing lists. */
export function asLater(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => asLater(each));
  if (typeof value === 'string') return GROWING.has(name) ? `later_${value}` : value;
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, inner]) => [key, asLater(inner, key)]);
  return {
    ...Object.fromEntries(fields),
    ...(!DICTIONARIES.has(name) && { [LATER_FIELD]: { of: ['a', 'later', 'release'] } }),
  };
}

/** The same with one source under another id, wherever its id stands alone or names an entry. */
export function withSource(value: unknown, id: string, other: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withSource(each, id, other));
  if (value === id) return other;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key === id ? other : key, withSource(inner, id, other)]),
  );
}
