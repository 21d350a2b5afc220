import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { createApi } from '../control/api.ts';
import { messageOf } from '../logs/message-of.ts';
import { beatLease, longestTryMs } from './beat-lease.ts';
import type { FromHeartbeat, HeartbeatSetup, ToHeartbeat } from './heartbeat.ts';

/**
 * The heartbeat has a thread and an event loop of its own, so that a busy main thread cannot starve it. What
 * a hanging main thread must lose is its leases: without pulses the beats and the file's touches end.
 */
const touchEveryMs = 2_000;

if (!parentPort) throw new Error('The heartbeat runs as a worker thread only');
const port = parentPort;
const setup: HeartbeatSetup = workerData;
const leases = new Map<string, ReturnType<typeof beatLease>>();
let lastPulseAt = Date.now();

const isWedged = () => Date.now() - lastPulseAt > setup.wedgedAfterMs;
const tell = (message: FromHeartbeat) => port.postMessage(message);

port.on('message', (message: ToHeartbeat) => {
  if (message.kind === 'hold') {
    const { lease } = message;
    const api = createApi({ ...setup, timeoutMsOf: () => longestTryMs(lease) });
    leases.get(lease.taskId)?.end();
    leases.set(lease.taskId, beatLease(lease, { api, tell, isWedged }));
  } else if (message.kind === 'drop') {
    leases.get(message.taskId)?.end();
    leases.delete(message.taskId);
  } else if (message.kind === 'hurry') {
    for (const beats of leases.values()) beats.hurry();
  } else {
    lastPulseAt = Date.now();
    for (const [taskId, progress] of Object.entries(message.progress)) leases.get(taskId)?.report(progress);
  }
});

let touchFailed = false;

// Synchronous, because the threads that asynchronous file calls share may all be decoding pictures.
function touch(file: string): void {
  if (isWedged()) return;
  try {
    writeFileSync(file, `${new Date().toISOString()}\n`);
    touchFailed = false;
  } catch (error) {
    if (!touchFailed)
      tell({ kind: 'trouble', taskId: '', detail: `Health checks will fail: ${messageOf(error)}` });
    touchFailed = true;
  }
}

if (setup.file !== null) {
  const { file } = setup;
  mkdirSync(dirname(file), { recursive: true });
  touch(file);
  setInterval(() => touch(file), touchEveryMs);
}

tell({ kind: 'ready' });
