import { Worker } from 'node:worker_threads';
import type { Progress } from '@trainer/shared/progress';
import type { Logger } from '../logs/logger.ts';
import type { FromHeartbeat, HeartbeatSetup, HeldLease, ToHeartbeat } from './heartbeat-messages.ts';

const pulseEveryMs = 250;

/** What the holder of a lease wants to hear. */
export interface HeartbeatEvents {
  onStop: () => void;
  onLost: (detail: string) => void;
}

export interface Heartbeat {
  /** Keeps the lease alive until `drop`. */
  hold(lease: HeldLease, events: HeartbeatEvents): void;
  report(taskId: string, progress: Progress): void;
  /** Every lease beats at once, because there is something to hear. */
  hurry(): void;
  drop(lease: HeldLease): void;
  close(): Promise<void>;
}

/** Starts the thread that keeps leases alive (`heartbeat.worker.ts`), and starts it anew should it ever die. */
export function startHeartbeat(setup: HeartbeatSetup, log: Logger): Heartbeat {
  const held = new Map<string, { lease: HeldLease; events: HeartbeatEvents }>();
  let changed: Record<string, Progress> = {};
  let closed = false;
  let worker = start();

  function start(): Worker {
    const thread = new Worker(new URL('./heartbeat.worker.ts', import.meta.url), { workerData: setup });
    thread.on('message', heed);
    thread.on('error', (error) => log.error(`The heartbeat thread failed: ${error}`));
    thread.on('exit', () => {
      if (!closed) restart();
    });
    return thread;
  }

  function restart(): void {
    worker = start();
    for (const { lease } of held.values()) tell({ kind: 'hold', lease });
  }

  function tell(message: ToHeartbeat): void {
    worker.postMessage(message);
  }

  function heed(message: FromHeartbeat): void {
    if (message.kind === 'trouble') {
      log.warn(message.detail);
      return;
    }
    const holder = held.get(message.taskId);
    // A late word about an earlier lease of the same task means nothing to this one.
    if (!holder || holder.lease.fence !== message.fence) return;
    if (message.kind === 'stop') holder.events.onStop();
    else holder.events.onLost(message.detail);
  }

  const pulse = setInterval(() => {
    tell({ kind: 'pulse', progress: changed });
    changed = {};
  }, pulseEveryMs);

  return {
    hold(lease, events) {
      held.set(lease.taskId, { lease, events });
      tell({ kind: 'hold', lease });
    },
    report(taskId, progress) {
      if (held.has(taskId)) changed[taskId] = progress;
    },
    hurry: () => tell({ kind: 'hurry' }),
    drop({ taskId, fence }) {
      // The task may have been granted anew meanwhile; that lease is another one.
      if (held.get(taskId)?.lease.fence !== fence) return;
      held.delete(taskId);
      delete changed[taskId];
      tell({ kind: 'drop', taskId });
    },
    async close() {
      closed = true;
      clearInterval(pulse);
      await worker.terminate();
    },
  };
}
