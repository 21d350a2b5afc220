import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeShortage, type WantedRoom } from '@trainer/contract/disk-space';
import type { FilePlace } from '@trainer/libsql/sqlite/errors';

/** Work begins again only with so much more than the limit, so that a disk at the limit does not stop and start it all the time. */
const AGAIN_FACTOR = 1.1;

interface RoomWatch {
  /** Looks at the disk: why no work may be begun now, or null. */
  shortage(): string | null;
}

/**
 * Watches the room on the disk of the runner's data. Below the limit no task is begun, and those under way are handed back after the
 * performer in hand; what they have committed is kept, and they go on when there is room.
 *
 * @param say told once when work pauses, and once when it goes on
 */
export function watchRoom(wanted: WantedRoom, say: (message: string) => void): RoomWatch {
  let isShort = false;
  return {
    shortage() {
      const factor = isShort ? AGAIN_FACTOR : 1;
      const found = describeShortage({ ...wanted, minFreeMb: Math.ceil(wanted.minFreeMb * factor) });
      if (found !== null && !isShort) say(`Work pauses. ${found}`);
      if (found === null && isShort) say('Work goes on: there is room on the disk again');
      isShort = found !== null;
      return found;
    },
  };
}

/** Where a database file lies, with what this machine can tell about the place. */
export function filePlace(path: string): FilePlace {
  return {
    path,
    facts: () => ({ freeBytes: freeBytesAt(dirname(path)), uid: process.getuid?.() ?? null }),
  };
}

/** Bytes that this process may still write below `folder`; null when that cannot be told. */
export function freeBytesAt(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
