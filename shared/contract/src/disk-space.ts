const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** A size for people, with three digits at most: `1.5 GB`. Units are powers of 1,024. */
export function describeBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? Math.round(value * 10) / 10 : Math.round(value)} ${UNITS[power]}`;
}

const MB = 1024 * 1024;

/** A folder whose disk must keep some free space. */
export interface WantedRoom {
  folder: string;
  /** What must stay free, MB; 0 for no limit. */
  minFreeMb: number;
  /** What is free there, bytes; null when that cannot be told. */
  freeBytes: (folder: string) => number | null;
}

/**
 * Why no more data should be stored in the folder, with what to do; null while `neededBytes` more leave enough free space, or when the
 * free space is unknown.
 */
export function describeShortage(
  { folder, minFreeMb, freeBytes }: WantedRoom,
  neededBytes = 0,
): string | null {
  const free = minFreeMb === 0 ? null : freeBytes(folder);
  if (free === null || free - neededBytes >= minFreeMb * MB) return null;
  const more = neededBytes > 0 ? `, ${describeBytes(neededBytes)} are wanted` : '';
  return (
    `The disk of ${folder} has ${describeBytes(free)} free${more}, and ${describeBytes(minFreeMb * MB)} must stay free (MIN_FREE_MB): ` +
    'make room there'
  );
}
