import type { StoredLogLine } from '@trainer/contract/logs';

/** More lines than this are not kept in the page; older ones stay in the control plane. */
export const LOG_LINES_MAX = 2_000;

/**
 * Adds lines to those that are shown. A line that came before (the stream was opened again) is dropped, and the
 * oldest go when there are more than `max`.
 */
export function foldLogLines(
  shown: readonly StoredLogLine[],
  arrived: readonly StoredLogLine[],
  max = LOG_LINES_MAX,
): readonly StoredLogLine[] {
  let newest = shown.at(-1)?.id ?? 0;
  const fresh = arrived.filter((line) => {
    if (line.id <= newest) return false;
    newest = line.id;
    return true;
  });
  return fresh.length === 0 ? shown : [...shown, ...fresh].slice(-max);
}

/** The fields of a line as `key=value`, for reading. */
export function fieldsText(fields: StoredLogLine['fields']): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
