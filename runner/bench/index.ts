import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import hnswlib from 'hnswlib-node';
import { clusterVector } from '../src/catalog/testing/samples.ts';
import { openFaceEngine } from '../src/faces/engine.ts';
import { defaultModelsDir } from '../src/models/default-models-dir.ts';
import { ensurePack } from '../src/models/ensure-pack.ts';
import { buildIndex, INDEX_PARAMETERS } from '../src/versions/build-index.ts';
import { HEADER_BYTES } from '../src/versions/voyager-format.ts';
import { readPhotos, requireTestdata } from './faces-lfw/read-lfw.ts';

// How fast an index is built, against bare hnswlib calls on the same vectors in this process and against exact search over
// them; and how many of the ten nearest faces it finds that exact search finds. The recall that counts is that of real
// faces; the generated people (5 faces each) show how it holds at a larger size. Builder and bare calls take turns, and the
// middle of the rounds' ratios counts, because a machine is never quiet for long.

const targetRecall = 0.97;
const targetShareOfBare = 0.8;
const clusteredVectors = 5_000;
const rounds = 3;
const queryCount = 500;
const neighbours = 10;
/** A v1 sidecar asks for 100 neighbours, and Voyager then searches with at least that ef. */
const searchEf = 100;
const dimensions = 512;

const folder = mkdtempSync(join(tmpdir(), 'bench-index-'));
try {
  const results = [
    await measure('real faces (LFW, starter pack)', await embedLfw()),
    await measure('generated people, 5 faces each', clusters(clusteredVectors)),
  ];
  console.table(Object.fromEntries(results.map(({ name, ...row }) => [name, row])));
  const recall = results[0]?.['recall@10'] ?? 0;
  const share = results[1]?.['share of bare hnswlib'] ?? 0;
  console.log(`recall@10 on real faces: ${recall} (goal: at least ${targetRecall})`);
  console.log(`build rate against bare hnswlib calls: ${share} (goal: at least ${targetShareOfBare})`);
  process.exitCode = recall >= targetRecall && share >= targetShareOfBare ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function measure(name: string, vectors: Float32Array[]) {
  const voyPath = join(folder, 'index.voy');
  const turns: { built: number; bare: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    turns.push({ built: await buildRate(vectors, voyPath), bare: bareRate(vectors) });
  }
  const { built, bare } = middle(turns);
  const queries = vectors.filter((_, label) => label % Math.ceil(vectors.length / queryCount) === 0);
  const start = performance.now();
  const exact = queries.map((query) => exactNearest(vectors, query));
  const exactRate = (queries.length * 1000) / (performance.now() - start);
  return {
    name,
    vectors: vectors.length,
    'built, vectors/s': Math.round(built),
    'bare hnswlib, vectors/s': Math.round(bare),
    'share of bare hnswlib': round(built / bare),
    'exact search, queries/s': Math.round(exactRate),
    'built per exact search': round(built / exactRate),
    'recall@10': round(await recall(voyPath, queries, exact, vectors.length)),
  };
}

/** From the vectors on disk to the graph complete, in the worker thread, its start included. */
async function buildRate(vectors: Float32Array[], voyPath: string): Promise<number> {
  const vectorPath = join(folder, 'vectors.f32');
  writeFileSync(vectorPath, Buffer.concat(vectors.map((each) => new Uint8Array(each.buffer))));
  const owners = Int32Array.from(vectors, (_, label) => label + 1);
  const start = performance.now();
  let end = start;
  await buildIndex({
    vectorPath,
    voyPath,
    owners,
    duplicateDistance: 0,
    onProgress: (stage, done, total) => {
      if (stage === 'index' && done === total) end = performance.now();
    },
  });
  return (vectors.length * 1000) / (end - start);
}

function bareRate(vectors: Float32Array[]): number {
  const start = performance.now();
  const index = new hnswlib.HierarchicalNSW('cosine', dimensions);
  index.initIndex({ ...INDEX_PARAMETERS, maxElements: vectors.length });
  for (const [label, vector] of vectors.entries()) index.addPoint(Array.from(vector), label);
  return (vectors.length * 1000) / (performance.now() - start);
}

/** Searches the graph inside the finished `.voy` file, so that what is measured is what people get. */
async function recall(
  voyPath: string,
  queries: Float32Array[],
  exact: number[][],
  count: number,
): Promise<number> {
  const graphPath = join(folder, 'graph');
  await pipeline(createReadStream(voyPath, { start: HEADER_BYTES }), createWriteStream(graphPath));
  const index = new hnswlib.HierarchicalNSW('cosine', dimensions);
  index.readIndexSync(graphPath);
  index.setEf(searchEf);
  const hits = queries.map((query, i) => {
    const found = index.searchKnn(Array.from(query), Math.min(neighbours, count)).neighbors;
    return found.filter((label) => exact[i]?.includes(label)).length;
  });
  return hits.reduce((sum, each) => sum + each, 0) / (queries.length * neighbours);
}

function exactNearest(vectors: Float32Array[], query: Float32Array): number[] {
  const scored = vectors.map((vector, label) => ({ label, score: dot(vector, query) }));
  return scored
    .sort((one, other) => other.score - one.score)
    .slice(0, neighbours)
    .map((each) => each.label);
}

/** A plain loop: millions of calls. */
function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < dimensions; i++) sum += (one[i] ?? 0) * (other[i] ?? 0);
  return sum;
}

function clusters(count: number): Float32Array[] {
  return Array.from({ length: count }, (_, i) => clusterVector(Math.floor(i / 5), i % 5, 0.8));
}

async function embedLfw(): Promise<Float32Array[]> {
  const photos = readPhotos(requireTestdata());
  const modelsDir = defaultModelsDir();
  const pack = await ensurePack('starter', modelsDir);
  const engine = await openFaceEngine({ pack, modelsDir, device: 'cpu' });
  const policy = {
    minImagePx: 0,
    minFacePx: 0,
    minConfidence: 0,
    maxYawDegrees: 180,
    singleFaceOnly: false,
    embed: true,
  };
  const analyses = await Promise.all(photos.map((photo) => engine.analyse(photo.bytes, policy)));
  await engine.close();
  return analyses.flatMap(({ faces }) => faces.flatMap(({ embeddings }) => embeddings?.starter ?? []));
}

function middle(turns: { built: number; bare: number }[]): { built: number; bare: number } {
  const sorted = turns.toSorted((one, other) => one.built / one.bare - other.built / other.bare);
  return sorted[Math.floor(sorted.length / 2)] ?? { built: 0, bare: 0 };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
