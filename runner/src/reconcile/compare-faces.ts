import { withCleanUp } from '@trainer/async/with-clean-up';
import { type SQL, sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { bytesToVector } from '../catalog/schema/vector-blob.ts';
import { type CatalogWriter, write } from '../catalog/writer.ts';
import type { Matching } from '../models/pack.ts';
import { distanceThatMatters, judgeNearness } from './judge-nearness.ts';
import { type LabelledVector, type Neighbour, startNearestFaces } from './nearest-faces.ts';

export interface Comparison {
  /** The catalog's name of the model pack. */
  pack: string;
  matching: Matching;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
  /** Faces in memory at once; about 3 KB each. */
  facesPerPart?: number;
}

export interface ComparedFaces {
  /** New faces that were held against all others. */
  compared: number;
  heldBack: number;
  suspected: number;
}

const FACES_PER_PART = 65_536;
const FACES_PER_PAGE = 500;
const LABELS_PER_PAGE = 20_000;
/** Enough to see past the performer's own faces. */
const NEIGHBOURS = 24;

/**
 * Holds every face that came since the last time against the faces of all performers. A face nearer to another performer than
 * to its own is held back and becomes a review; performers who are hardly different become a suspected duplicate.
 *
 * The price: where nothing is new, one query. Otherwise one graph over all faces, built and dropped in parts (a part of
 * 65,536 faces takes about 200 MB and half a minute to build), and one search per part for each new face (below 1 ms).
 */
export async function compareFaces(database: CatalogWriter, comparison: Comparison): Promise<ComparedFaces> {
  const fresh = await freshLabels(database, comparison);
  if (fresh.length === 0) return { compared: 0, heldBack: 0, suspected: 0 };
  const near = await findNearest(database, comparison, fresh);
  const found = { compared: fresh.length, heldBack: 0, suspected: 0 };
  const alone = fresh.filter((label) => !near.has(label));
  for (let from = 0; from < alone.length; from += FACES_PER_PAGE) {
    await write(database, [markCompared(database, comparison, alone.slice(from, from + FACES_PER_PAGE))]);
  }
  for (const [label, neighbours] of near) {
    comparison.signal?.throwIfAborted();
    const { statements, heldBack, suspected } = await judgeNearness(database, comparison, label, neighbours);
    await write(database, [markCompared(database, comparison, [label]), ...statements]);
    found.heldBack += heldBack;
    found.suspected += suspected;
  }
  return found;
}

function markCompared({ now }: CatalogDatabase, { pack }: Comparison, labels: number[]): SQL {
  return sql`UPDATE faces SET compared_at = ${now().toISOString()} WHERE id IN (
    SELECT face_id FROM labels WHERE pack = ${pack} AND label IN (SELECT value FROM ${rowsOf(labels)}))`;
}

/** Faces near enough to matter, for each of the labels that has any; a few for each, however many faces there are. */
async function findNearest(
  database: CatalogDatabase,
  { pack, matching, signal, onProgress, facesPerPart = FACES_PER_PART }: Comparison,
  fresh: number[],
): Promise<Map<number, Neighbour[]>> {
  const index = startNearestFaces();
  const near = new Map<number, Neighbour[]>();
  const search = async () => {
    const total = await countFaces(database, pack);
    const vectors = (after: number, limit: number, of: SQL) =>
      readVectors(database, pack, matching.embedder, after, limit, of);
    for (let after = -1, done = 0; done < total; ) {
      await index.begin(facesPerPart);
      let inPart = 0;
      while (inPart < facesPerPart) {
        signal?.throwIfAborted();
        const page = await vectors(after, Math.min(FACES_PER_PAGE, facesPerPart - inPart), sql`1`);
        if (page.length === 0) break;
        await index.add(page);
        inPart += page.length;
        after = page.at(-1)?.label ?? after;
        onProgress?.(done + inPart, total);
      }
      if (inPart === 0) break;
      done += inPart;
      for (let asked = 0; asked < fresh.length; asked += FACES_PER_PAGE) {
        signal?.throwIfAborted();
        const wanted = fresh.slice(asked, asked + FACES_PER_PAGE);
        const page = await vectors(-1, wanted.length, sql`label IN (SELECT value FROM ${rowsOf(wanted)})`);
        const answers = await index.ask(page, NEIGHBOURS);
        for (const [i, { label }] of page.entries()) keepClose(near, label, answers[i] ?? [], matching);
      }
    }
  };
  await withCleanUp(search, index.close);
  return near;
}

/** Only what may matter is remembered: mostly the performer's own other faces. */
function keepClose(
  near: Map<number, Neighbour[]>,
  label: number,
  found: Neighbour[],
  matching: Matching,
): void {
  const close = found.filter((each) => each.label !== label && each.distance < distanceThatMatters(matching));
  if (close.length === 0) return;
  const all = [...(near.get(label) ?? []), ...close].sort((a, b) => a.distance - b.distance);
  near.set(label, all.slice(0, NEIGHBOURS));
}

async function freshLabels({ db }: CatalogDatabase, { pack, matching }: Comparison): Promise<number[]> {
  const fresh: number[] = [];
  for (let after = 0; ; ) {
    const page = await db.all<{ id: number; label: number }>(sql`
      SELECT faces.id, label FROM faces JOIN labels ON face_id = faces.id
      WHERE accepted = 1 AND compared_at IS NULL AND faces.id > ${after} AND pack = ${pack} AND EXISTS (
        SELECT 1 FROM embeddings WHERE embeddings.face_id = faces.id AND model = ${matching.embedder})
      ORDER BY faces.id LIMIT ${LABELS_PER_PAGE}`);
    fresh.push(...page.map(({ label }) => label));
    after = page.at(-1)?.id ?? after;
    if (page.length < LABELS_PER_PAGE) return fresh.sort((a, b) => a - b);
  }
}

async function countFaces({ db }: CatalogDatabase, pack: string): Promise<number> {
  const { n } = await db.get<{ n: number }>(
    sql`SELECT count(*) AS n FROM labels WHERE pack = ${pack} AND face_id IS NOT NULL`,
  );
  return n;
}

async function readVectors(
  { db }: CatalogDatabase,
  pack: string,
  model: string,
  after: number,
  limit: number,
  which: SQL,
): Promise<LabelledVector[]> {
  const rows = await db.all<{ label: number; vector: ArrayBuffer }>(sql`
    SELECT label, vector FROM labels JOIN embeddings ON embeddings.face_id = labels.face_id AND model = ${model}
    WHERE pack = ${pack} AND label > ${after} AND ${which} ORDER BY label LIMIT ${limit}`);
  return rows.map(({ label, vector }) => ({ label, vector: bytesToVector(vector) }));
}
