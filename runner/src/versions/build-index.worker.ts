import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { createIndex } from '../../native/face-index.ts';
import { INDEX_PARAMETERS, type IndexReport, type IndexRequest, type IndexStage } from './build-index.ts';
import { measureFindability } from './measure-findability.ts';
import { measureRecognition } from './measure-recognition.ts';
import { DIMENSIONS } from './voyager-format.ts';

/** A stop waits for the batch that is being added: half a second of one core at a size of 400,000. */
const ROWS_AT_ONCE = 512;
const { vectorPath, graphPath, owners, m, threads, duplicateDistance }: IndexRequest = workerData;
const port = parentPort;
if (!port) throw new Error('build-index.worker.ts is started by build-index.ts');
const report = (message: IndexReport) => port.postMessage(message);
const progressOf = (stage: IndexStage) => (done: number, total: number) =>
  report({ kind: 'progress', stage, done, total });

const { efConstruction, seed } = INDEX_PARAMETERS;
const index = createIndex({ dimensions: DIMENSIONS, capacity: owners.length, m, efConstruction, seed });
addRows();
const findability = measureFindability(index, ownedLabels(), threads, progressOf('check'));
index.save(graphPath);
const recognition = measureRecognition(index, owners, { duplicateDistance, threads }, progressOf('measure'));
report({ kind: 'done', quality: { findability, recognition } });

/** Labels are given explicitly, in ascending order: counting along would let them drift from the rows. */
function addRows(): void {
  const file = openSync(vectorPath, 'r');
  const rows = new Float32Array(ROWS_AT_ONCE * DIMENSIONS);
  const progress = progressOf('index');
  for (let label = 0; label < owners.length; label += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, owners.length - label);
    readRows(file, rows, count);
    const labels = Uint32Array.from({ length: count }, (_, row) => label + row);
    index.add(labels, rows.subarray(0, count * DIMENSIONS), threads);
    progress(label + count, owners.length);
  }
  closeSync(file);
}

function ownedLabels(): Uint32Array {
  return Uint32Array.from(owners.keys()).filter((label) => owners[label] !== 0);
}

function readRows(file: number, rows: Float32Array, count: number): void {
  const bytes = new Uint8Array(rows.buffer, 0, count * DIMENSIONS * 4);
  for (let filled = 0; filled < bytes.length; ) {
    const read = readSync(file, bytes, filled, bytes.length - filled, null);
    if (read === 0) throw new Error(`${vectorPath} ends after fewer rows than it should have`);
    filled += read;
  }
}
