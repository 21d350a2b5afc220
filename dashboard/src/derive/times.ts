/** `73 s` → `1 min 13 s`; two units at most, so that nothing jumps about. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([amount], index) => index === 0 || amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** How long something took, or takes until now; null when it has not begun. */
export function elapsedMs(startedAt: string | null, finishedAt: string | null, now: number): number | null {
  if (startedAt === null) return null;
  return Math.max(0, (finishedAt ? Date.parse(finishedAt) : now) - Date.parse(startedAt));
}

const steps = [
  [60_000, 1_000, 'second'],
  [3_600_000, 60_000, 'minute'],
  [86_400_000, 3_600_000, 'hour'],
  [30 * 86_400_000, 86_400_000, 'day'],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `3 minutes ago`, `yesterday`; beyond a month the date. */
export function formatAgo(at: string, now: number): string {
  const sinceMs = now - Date.parse(at);
  if (Math.abs(sinceMs) < 5_000) return 'just now';
  for (const [belowMs, unitMs, unit] of steps) {
    if (Math.abs(sinceMs) < belowMs) return relative.format(-Math.round(sinceMs / unitMs), unit);
  }
  return at.slice(0, 10);
}

const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** The whole date and time in the reader's own time zone. */
export function formatDateTime(at: string): string {
  return full.format(new Date(at));
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The time of day, for log lines. */
export function formatClock(at: string): string {
  return clock.format(new Date(at));
}
