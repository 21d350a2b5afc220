import { parentPort } from 'node:worker_threads';
import { createIndex, type FaceIndex, NO_LABEL } from '../../native/face-index.ts';
import { clampDistance } from '../faces/unit-vector.ts';
import type { NearestAnswer, NearestRequest, Neighbour } from './nearest-faces.ts';

// One part of all faces at a time; the parts come one after the other, so that memory is that of one.

const port = parentPort;
if (!port) throw new Error('nearest-faces.worker.ts is started by nearest-faces.ts');

/** Half of what a version's index has: a neighbour that is missed now and then is found at the next comparison. */
const PARAMETERS = { m: 12, efConstruction: 100, seed: 1 };
const SEARCH_EF = 64;
/** One of this thread's own, so that the same faces always have the same neighbours. */
const THREADS = 1;

let index: FaceIndex | undefined;

port.on('message', (request: NearestRequest) => port.postMessage(answer(request)));

function answer(request: NearestRequest): NearestAnswer {
  if (request.kind === 'begin') {
    // The part before is let go first, or both would lie in memory.
    index = undefined;
    index = createIndex({ ...PARAMETERS, dimensions: request.dims, capacity: request.size });
    return [];
  }
  if (!index) throw new Error('A part begins with its size before faces come or are asked about');
  if (request.kind === 'add') {
    index.add(Uint32Array.from(request.labels), request.vectors, THREADS);
    return [];
  }
  const k = Math.max(1, Math.min(request.k, index.size));
  const found = index.search(request.vectors, k, SEARCH_EF, THREADS);
  return request.labels.map((_, query) => {
    const near: Neighbour[] = [];
    for (let place = query * k; place < (query + 1) * k; place++) {
      const label = found.labels[place] ?? NO_LABEL;
      if (label !== NO_LABEL) near.push({ label, distance: clampDistance(found.distances[place] ?? 2) });
    }
    return near;
  });
}
