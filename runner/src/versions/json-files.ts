import { createWriteStream } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';

const ROWS_PER_CHUNK = 1_000;

/**
 * Writes `faces.json` from a finished `performers.db`: a list whose position is the label, with null for gaps and
 * for faces of performers without an id. Needs `temp.universal_ids`.
 */
export async function writeFacesJson(path: string, db: DatabaseSync): Promise<void> {
  const rows = db
    .prepare(
      `SELECT facenet_index AS label, universal_id FROM faces LEFT JOIN temp.universal_ids USING (performer_id)
       ORDER BY facenet_index`,
    )
    .iterate();
  await pipeline(chunks('[', faceElements(rows), ']'), createWriteStream(path));
}

/**
 * Writes `performers.json`: universal id to what sidecars show, for performers with faces. Needs
 * `temp.universal_ids`.
 */
export async function writePerformersJson(path: string, db: DatabaseSync): Promise<void> {
  const rows = db
    .prepare(
      `SELECT universal_id, canonical_name, country, image_url, face_count
       FROM performers JOIN temp.universal_ids ON performer_id = id WHERE face_count > 0 ORDER BY id`,
    )
    .iterate();
  await pipeline(chunks('{', performerEntries(rows), '}'), createWriteStream(path));
}

type Rows = Iterable<Record<string, unknown>>;

function* faceElements(rows: Rows): Generator<string> {
  let next = 0;
  for (const { label, universal_id } of rows) {
    for (; next < Number(label); next++) yield 'null';
    yield JSON.stringify(universal_id);
    next++;
  }
}

function* performerEntries(rows: Rows): Generator<string> {
  for (const { universal_id, canonical_name, country, image_url, face_count } of rows) {
    const shown = { name: canonical_name, country, image_url, face_count };
    yield `${JSON.stringify(universal_id)}:${JSON.stringify(shown)}`;
  }
}

/** One element per line, many lines per chunk. */
function* chunks(open: string, elements: Iterable<string>, close: string): Generator<string> {
  let text = open;
  let rows = 0;
  for (const element of elements) {
    text += `${rows === 0 ? '' : ','}\n${element}`;
    if (++rows % ROWS_PER_CHUNK !== 0) continue;
    yield text;
    text = '';
  }
  yield `${text}\n${close}\n`;
}
