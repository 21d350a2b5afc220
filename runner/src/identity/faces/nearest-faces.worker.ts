import { parentPort } from 'node:worker_threads';
import hnswlib from 'hnswlib-node';
import { clampDistance } from '../../faces/unit-vector.ts';
import type { NearestAnswer, NearestRequest } from './nearest-faces.ts';

// One part of all faces at a time; the parts come one after the other, so that memory is that of one.

const port = parentPort;
if (!port) throw new Error('nearest-faces.worker.ts is started by nearest-faces.ts');

/** Half of what a version's index has: a neighbour that is missed now and then is found at the next comparison. */
const PARAMETERS = { m: 12, efConstruction: 100, randomSeed: 1 };
const SEARCH_EF = 64;

let index = new hnswlib.HierarchicalNSW('cosine', 1);
let held = 0;

port.on('message', (request: NearestRequest) => port.postMessage(answer(request)));

function answer(request: NearestRequest): NearestAnswer {
  if (request.kind === 'begin') {
    index = new hnswlib.HierarchicalNSW('cosine', request.dims);
    index.initIndex({ ...PARAMETERS, maxElements: request.size });
    index.setEf(SEARCH_EF);
    held = 0;
    return [];
  }
  if (request.kind === 'add') {
    for (const [i, label] of request.labels.entries()) index.addPoint(vectorAt(request.vectors, i), label);
    held += request.labels.length;
    return [];
  }
  return request.labels.map((_, i) => {
    const found = index.searchKnn(vectorAt(request.vectors, i), Math.min(request.k, held));
    return found.neighbors.map((label, place) => ({
      label,
      distance: clampDistance(found.distances[place] ?? 2),
    }));
  });

  function vectorAt(vectors: Float32Array, i: number): number[] {
    const dims = vectors.length / ('labels' in request ? request.labels.length : 1);
    return Array.from(vectors.subarray(i * dims, (i + 1) * dims));
  }
}
