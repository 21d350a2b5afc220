import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { freeBytesAt, watchRoom } from './watch-room.ts';

const MB = 1024 * 1024;

function watched(minFreeMb: number) {
  const said: string[] = [];
  let free: number | null = 2_000 * MB;
  const watch = watchRoom({ folder: '/data', minFreeMb, freeBytes: () => free }, (each) => said.push(each));
  return {
    said,
    at: (freeMb: number | null) => {
      free = freeMb === null ? null : freeMb * MB;
      return watch.shortage();
    },
  };
}

describe('the room on the disk', () => {
  it('is short below the limit, with the path, the free space and what to do, and not again before there is some more', () => {
    const { at, said } = watched(500);
    expect(at(500)).toBeNull();
    const shortage =
      'The disk of /data has 499 MB free, and 500 MB must stay free (MIN_FREE_MB): make room there';
    expect(at(499)).toBe(shortage);
    expect(at(510)).toMatch(/^The disk of \/data has 510 MB free/);
    expect(at(560)).toBeNull();
    expect(at(510)).toBeNull();
    expect(said).toEqual([`Work pauses. ${shortage}`, 'Work goes on: there is room on the disk again']);
  });

  it('is no matter without a limit, or where nobody can tell', () => {
    expect(watched(0).at(0)).toBeNull();
    expect(watched(500).at(null)).toBeNull();
  });

  it('is that of a real folder', () => {
    expect(freeBytesAt(tmpdir())).toBeGreaterThan(0);
    expect(freeBytesAt('/no/such/folder')).toBeNull();
  });
});
