import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder of the shared test pictures: `TESTDATA_DIR`, else `shared/testdata` beside the project. */
const folder = process.env.TESTDATA_DIR ?? resolve(import.meta.dirname, '../../../../shared/testdata');

/** False means: tests that need the pictures are skipped, with this in their name. */
export const hasTestdata: boolean = existsSync(join(folder, 'SHA256SUMS'));

/** Suffix for names of tests that are skipped without the pictures. */
export const needsTestdata: string = hasTestdata
  ? ''
  : ' (skipped: the test pictures are absent; set TESTDATA_DIR)';

/** Path of a file or folder of the test pictures. */
export function testdataPath(name: string): string {
  return join(folder, name);
}

/** Bytes of a file of the test pictures. */
export function readTestdata(name: string): Uint8Array {
  return readFileSync(testdataPath(name));
}
