import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { fillCatalog, sampleRequest } from '../../testing/versions/sample-version.ts';
import { loadSigningKey } from './signing-key.ts';
import { unpackVersion } from './unpack-version.ts';
import { verifyVersion } from './verify-version.ts';
import { hashFile } from './version-files.ts';
import { writeVersion } from './write-version.ts';

let sound: string;

beforeAll(async () => {
  const catalog = await freshCatalog();
  await fillCatalog(catalog, 10, 3);
  const written = await writeVersion(catalog, await sampleRequest());
  sound = freshFolder();
  await unpackVersion(join(written.dir, written.filename), sound);
  catalog.close();
});

/** A copy of the sound version, harmed, with a manifest that states the harmed files' checksums. */
async function harmed(harm: (dir: string) => void): Promise<string[]> {
  const dir = freshFolder();
  cpSync(sound, dir, { recursive: true });
  harm(dir);
  const path = join(dir, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  for (const name of Object.keys(manifest.checksums)) {
    manifest.checksums[name] = `sha256:${await hashFile(join(dir, name)).catch(() => 'a'.repeat(64))}`;
  }
  writeFileSync(path, JSON.stringify(manifest));
  return (await verifyVersion(dir)).map(({ file, message }) => `${file}: ${message}`);
}

function edit(name: string, change: (bytes: Buffer) => Buffer | undefined) {
  return (dir: string) => {
    const bytes = readFileSync(join(dir, name));
    writeFileSync(join(dir, name), change(bytes) ?? bytes);
  };
}

function sql(text: string) {
  return (dir: string) => {
    const db = new DatabaseSync(join(dir, 'performers.db'));
    db.exec(text);
    db.close();
  };
}

const FIRST_ELEMENT = 115;
const ELEMENT_BYTES = 2156;
const VECTOR = FIRST_ELEMENT + 100;
const LABEL = FIRST_ELEMENT + 2148;

describe('verifyVersion', () => {
  it('finds nothing wrong with what was just made', async () => {
    expect(await harmed(() => {})).toEqual([]);
  });

  it.each<[name: string, harm: (dir: string) => void, problem: string]>([
    ['a missing file', (dir) => rmSync(join(dir, 'faces.json')), 'faces.json: it is missing'],
    [
      'a header of another space',
      edit('face_facenet.voy', (bytes) => void bytes.writeUInt8(0, 12)),
      'face_facenet.voy: its header is not that of a 512-dimensional Voyager cosine index of 32-bit floats',
    ],
    [
      'a file without its Voyager header',
      edit('face_facenet.voy', (bytes) => bytes.subarray(19)),
      'face_facenet.voy: its header is not that of a 512-dimensional Voyager cosine index of 32-bit floats',
    ],
    [
      'room for more elements than there are',
      edit('face_facenet.voy', (bytes) => void bytes.writeUInt8(31, 27)),
      'face_facenet.voy: max_elements is 31, expected 30',
    ],
    [
      'one byte too many',
      (dir) => appendFileSync(join(dir, 'face_arcface.voy'), '\0'),
      'face_arcface.voy: it goes on after its last element',
    ],
    [
      'a cut-off index',
      edit('face_arcface.voy', (bytes) => bytes.subarray(0, -1)),
      'face_arcface.voy: it ends before its last element',
    ],
    [
      'a deletion mark',
      edit('face_facenet.voy', (bytes) => void bytes.writeUInt8(1, FIRST_ELEMENT + 2)),
      'face_facenet.voy: 1 elements are marked as deleted',
    ],
    [
      'a label that occurs twice',
      edit(
        'face_facenet.voy',
        (bytes) => void bytes.copy(bytes, LABEL, LABEL + ELEMENT_BYTES, LABEL + ELEMENT_BYTES + 8),
      ),
      'face_facenet.voy: 1 labels occur twice',
    ],
    [
      'a vector that is not a number',
      edit('face_facenet.voy', (bytes) => void bytes.writeFloatLE(Number.NaN, VECTOR)),
      'face_facenet.voy: 1 vectors hold NaN or Infinity',
    ],
    [
      'a vector of nothing but zeros',
      edit('face_facenet.voy', (bytes) => bytes.fill(0, VECTOR, LABEL)),
      'face_facenet.voy: 1 vectors are not of length 1',
    ],
    [
      'a link to nowhere',
      edit('face_facenet.voy', (bytes) => void bytes.writeUInt32LE(30, FIRST_ELEMENT + 4)),
      'face_facenet.voy: 1 links lead to no element',
    ],
    [
      'a face under another name',
      edit('faces.json', (bytes) => Buffer.from(bytes.toString().replace(/"stashdb.org:[^"]*"/, 'null'))),
      'faces.json: faces.json and performers.db differ at 1 labels, first 0',
    ],
    [
      'a missing trailing gap or face',
      edit('faces.json', (bytes) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString()).slice(0, -1)))),
      'face_facenet.voy: its count is 30, faces.json has 29',
    ],
    [
      'a wrong number of faces in performers.json',
      edit('performers.json', (bytes) =>
        Buffer.from(bytes.toString().replace('"face_count":3', '"face_count":4')),
      ),
      'performers.json: performers.json has 9 of the 10 performers with faces',
    ],
    [
      'a wrong face_count',
      sql('UPDATE performers SET face_count = 9 WHERE id = 1'),
      'performers.db: face_count is wrong for 1 performers',
    ],
    [
      'two labels for one face',
      sql('UPDATE faces SET arcface_index = 77 WHERE facenet_index = 3'),
      'performers.db: facenet_index and arcface_index differ on 1 faces',
    ],
    [
      'a column too many',
      sql('ALTER TABLE performers ADD COLUMN note TEXT'),
      'performers.db: performers has a column note, which strict readers refuse',
    ],
    [
      'a column too few',
      sql('ALTER TABLE faces DROP COLUMN quality_score'),
      'performers.db: faces has no column quality_score',
    ],
    ['WAL mode', sql('PRAGMA journal_mode = WAL'), 'performers.db: it is not in journal mode DELETE'],
    [
      'a number as text',
      edit('manifest.json', (bytes) =>
        Buffer.from(bytes.toString().replace('"face_count": 30', '"face_count": "30"')),
      ),
      'manifest.json: ✖ Invalid input: expected number, received string\n  → at face_count',
    ],
    [
      'a parent that sorts later',
      edit('manifest.json', (bytes) =>
        Buffer.from(bytes.toString().replace('"parent_version": null', '"parent_version": "2026.10.01"')),
      ),
      'manifest.json: 2026.03.01 does not sort after its parent 2026.10.01',
    ],
  ])('names %s', async (_, harm, problem) => {
    expect(await harmed(harm)).toContain(problem);
  });

  it('names a file that was changed after the manifest was made, and a foreign signature', async () => {
    const dir = freshFolder();
    cpSync(sound, dir, { recursive: true });
    appendFileSync(join(dir, 'performers.json'), '\n');
    const { publicKeyPem } = await loadSigningKey(freshFolder());
    writeFileSync(join(dir, 'manifest.json.sig'), Buffer.alloc(64));
    expect(await verifyVersion(dir, publicKeyPem)).toEqual([
      { file: 'manifest.json.sig', message: 'it is not this key’s signature of the manifest' },
      { file: 'performers.json', message: 'its content differs from the manifest’s checksum' },
    ]);
  });
});
