import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import hnswlib from 'hnswlib-node';
import type { IndexReport, IndexRequest } from './build-index.ts';
import { measureRecognition } from './measure-recognition.ts';
import { DIMENSIONS } from './voyager-format.ts';

const ROWS_PER_READ = 256;
const request: IndexRequest = workerData;
const port = parentPort;
if (!port) throw new Error('build-index.worker.ts is started by build-index.ts');
const report = (message: IndexReport) => port.postMessage(message);

const index = new hnswlib.HierarchicalNSW('cosine', DIMENSIONS);
index.initIndex({ ...request.parameters, maxElements: request.owners.length });
addRows();
index.writeIndexSync(request.graphPath);
const recognition = measureRecognition(index, request.owners, request.duplicateDistance, (done, total) =>
  report({ kind: 'progress', stage: 'measure', done, total }),
);
report({ kind: 'done', recognition });

/** Labels are given explicitly, in ascending order: counting along would let them drift from the rows. */
function addRows(): void {
  const file = openSync(request.vectorPath, 'r');
  const total = request.owners.length;
  const rows = new Float32Array(ROWS_PER_READ * DIMENSIONS);
  for (let label = 0; label < total; label += ROWS_PER_READ) {
    const count = Math.min(ROWS_PER_READ, total - label);
    readRows(file, rows, count);
    for (let row = 0; row < count; row++) {
      index.addPoint(Array.from(rows.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS)), label + row);
    }
    report({ kind: 'progress', stage: 'index', done: label + count, total });
  }
  closeSync(file);
}

function readRows(file: number, rows: Float32Array, count: number): void {
  const bytes = new Uint8Array(rows.buffer, 0, count * DIMENSIONS * 4);
  for (let filled = 0; filled < bytes.length; ) {
    const read = readSync(file, bytes, filled, bytes.length - filled, null);
    if (read === 0) throw new Error(`${request.vectorPath} ends after fewer rows than it should have`);
    filled += read;
  }
}
