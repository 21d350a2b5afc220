import { parentPort, workerData } from 'node:worker_threads';
import { startLibsqlServer } from '../testing/start-libsql-server.ts';

// A libSQL server on a thread of its own, on a file whose every commit reaches the disk.
const server = await startLibsqlServer(workerData.path, undefined, 'PRAGMA synchronous = FULL');
parentPort?.on('message', () => parentPort?.postMessage(server.requests.length));
parentPort?.postMessage(server.url);
