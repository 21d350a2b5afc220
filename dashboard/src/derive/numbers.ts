const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `12480` → `12,480`; what is not known is a dash. */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : whole.format(value);
}

/** One decimal below ten, none above: `3.4`, `84`. */
export function formatRate(value: number): string {
  return value < 10 ? precise.format(value) : whole.format(value);
}

/** A share of 1 as a percentage: `0.987` → `98.7 %`. */
export function formatShare(share: number | null): string {
  return share === null ? '–' : `${precise.format(share * 100)} %`;
}

/** A difference with its sign: `+12`, `−3`, `±0`. */
export function formatDelta(delta: number): string {
  if (delta === 0) return '±0';
  return `${delta > 0 ? '+' : '−'}${whole.format(Math.abs(delta))}`;
}

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Bytes in steps of 1024: `8388608` → `8 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatRate(value)} ${units[unit]}`;
}

/** `3 faces`, `1 face`. */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** Names in a sentence: `A, B and C`. */
export function listOf(names: readonly string[], word: 'and' | 'or' = 'and'): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}
