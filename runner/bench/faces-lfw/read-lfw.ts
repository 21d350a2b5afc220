import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One photo of the labelled set; the person is its central, large face. */
export interface LabelledPhoto {
  /** Relative to the set's folder: `images/<Person>/<Person>_0001.jpg`. */
  path: string;
  person: string;
  bytes: Uint8Array;
}

/** Two photos, by path, and whether they show one person. */
export interface Pair {
  first: string;
  second: string;
  same: boolean;
}

/** Where the test data is: `TESTDATA_DIR`, else beside the project. Ends the process with a sentence when it is not there. */
export function requireTestdata(): string {
  const folder = process.env.TESTDATA_DIR ?? resolve(import.meta.dirname, '../../../../shared/testdata');
  if (existsSync(join(folder, 'lfw', 'pairs_multi.txt'))) return folder;
  console.error(
    `This benchmark needs the labelled photos in ${folder}/lfw; name another place with TESTDATA_DIR.`,
  );
  process.exit(2);
}

/** Every photo in `manifest.csv`, in its order. */
export function readPhotos(testdata: string): LabelledPhoto[] {
  const rows = linesOf(join(testdata, 'lfw', 'manifest.csv')).slice(1);
  return rows.map((row) => {
    const [path = '', person = ''] = row.split(',');
    return { path, person, bytes: readFileSync(join(testdata, 'lfw', path)) };
  });
}

/** The pairs of `pairs_multi.txt` (LFW's format: three columns for one person, four for two). */
export function readPairs(testdata: string): Pair[] {
  return linesOf(join(testdata, 'lfw', 'pairs_multi.txt'))
    .slice(1)
    .map((line) => {
      const columns = line.split('\t');
      const same = columns.length === 3;
      const [one = '', number = '', third = '', fourth = ''] = columns;
      return {
        first: photoPath(one, number),
        second: same ? photoPath(one, third) : photoPath(third, fourth),
        same,
      };
    });
}

function photoPath(person: string, number: string): string {
  return `images/${person}/${person}_${number.padStart(4, '0')}.jpg`;
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split('\n');
}
