import { createIndex, indexThreads } from '../native/face-index.ts';
import { INDEX_PARAMETERS } from '../src/versions/build-index.ts';
import { SIDECAR_NEIGHBOURS } from '../src/versions/measure-findability.ts';
import { generateFaces } from './recall/generate-faces.ts';

// Which M a version's index needs, so that a sidecar's query (k = 100, and Voyager then keeps 100 candidates) finds a face: the
// share of faces that find themselves, and of the nearest 1 and 10 by exact search that a new picture of somebody finds. Faces are
// generated with the spread of real ones. M cannot be chosen at a small size, because recall falls as an index grows:
// RECALL_VECTORS=367000 is the size of the public databases, and takes some minutes per M on two cores.

const targetRecall = 0.995;
const vectors = Number(process.env.RECALL_VECTORS ?? 30_000);
const candidates = (process.env.RECALL_M ?? String(INDEX_PARAMETERS.m)).split(',').map(Number);
const seed = 20_261_130;
const dimensions = 512;
const askedForThemselves = 20_000;
const newFaces = 500;
const rowsAtOnce = 2_048;
const threads = indexThreads();
const ef = SIDECAR_NEIGHBOURS;

/** Standard deviation of the cosine between two people, which says how many directions faces really differ in (1 / deviation²). */
const spreads = { 'like the starter pack': 0.11, 'like ArcFace': 0.063 };

const rows = Object.entries(spreads).flatMap(([name, deviation]) => {
  const faces = generateFaces({ faces: vectors, newFaces, deviation, seed });
  return candidates.map((m) => ({ spread: name, ...measure(faces, m) }));
});
const reached = rows.filter(({ m }) => m === INDEX_PARAMETERS.m).map((row) => row['finds itself']);
const worst = Math.min(...reached);
console.log(
  `M ${INDEX_PARAMETERS.m}, ${vectors} vectors: ${worst} find themselves (goal: at least ${targetRecall})`,
);
process.exitCode = worst >= targetRecall ? 0 : 1;

function measure({ indexed, asked }: { indexed: Float32Array; asked: Float32Array }, m: number) {
  const { efConstruction, seed } = INDEX_PARAMETERS;
  const index = createIndex({ dimensions, capacity: vectors, m, efConstruction, seed });
  const labels = Uint32Array.from({ length: vectors }, (_, label) => label);
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  for (let from = 0; from < vectors; from += rowsAtOnce) {
    const to = Math.min(vectors, from + rowsAtOnce);
    index.add(labels.subarray(from, to), indexed.subarray(from * dimensions, to * dimensions), threads);
  }
  const used = process.cpuUsage(cpu);
  const wall = performance.now() - start;
  const themselves = labels.filter((label) => label % Math.ceil(vectors / askedForThemselves) === 0);
  const k = SIDECAR_NEIGHBOURS;
  const missed = index.missing(themselves, k, ef, threads).length;
  const found = index.search(asked, k, ef, threads).labels;
  const exact = index.searchExactly(asked, 10, threads).labels;
  const row = {
    m,
    vectors,
    'add, CPU s': round((used.user + used.system) / 1e6),
    'add, s': round(wall / 1e3),
    'no path on level 0': index.unreachable().length,
    'finds itself': round(1 - missed / themselves.length),
    'new face, recall@1': round(recall(found, exact, 1)),
    'new face, recall@10': round(recall(found, exact, 10)),
  };
  console.log(row);
  return row;
}

function recall(found: Uint32Array, exact: Uint32Array, places: number): number {
  let hits = 0;
  for (let query = 0; query < newFaces; query++) {
    const near = new Set(found.subarray(query * SIDECAR_NEIGHBOURS, (query + 1) * SIDECAR_NEIGHBOURS));
    for (let place = 0; place < places; place++) if (near.has(exact[query * 10 + place] ?? -1)) hits++;
  }
  return hits / (newFaces * places);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
