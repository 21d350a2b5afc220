import type { Transform } from '../definition/extract-schema.ts';

/** Values of one selector on one page: more than this is no performer's page. */
const MAX_VALUES = 2_000;
const MAX_VALUE_CHARS = 2_000;

/** Runs the values through the steps; what is left is trimmed, and empty ones are gone. */
export function transformValues(values: readonly string[], transforms: readonly Transform[]): string[] {
  const changed = transforms.reduce<readonly string[]>(
    (before, transform) => before.flatMap((value) => apply(transform, value)).slice(0, MAX_VALUES),
    values.slice(0, MAX_VALUES),
  );
  const tidied = changed.map((value) => value.replace(/\s+/g, ' ').trim());
  return tidied.filter((value) => value !== '' && value.length <= MAX_VALUE_CHARS);
}

function apply(transform: Transform, value: string): string[] {
  if ('capture' in transform) {
    const match = transform.capture.exec(value);
    return match ? [match[1] ?? match[0]] : [];
  }
  if ('replace' in transform) return [value.replace(global(transform.replace), transform.with)];
  if ('split' in transform) return value.split(transform.split).map((part) => part.trim());
  return transform.drop.test(value.trim()) ? [] : [value];
}

function global(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags}g`);
}
