const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** A size for people, with three digits at most: `1.5 GB`. Units are powers of 1,024. */
export function describeBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? Math.round(value * 10) / 10 : Math.round(value)} ${UNITS[power]}`;
}
