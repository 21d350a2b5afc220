import { Worker } from 'node:worker_threads';
import type { Progress } from '@trainer/contract/progress';
import type { Logger } from '../logs/logger.ts';

/** What the heartbeat's thread is started with. */
export interface HeartbeatSetup {
  baseUrl: string;
  token: string | undefined;
  /** Touched while the runner is well, for health checks; null for none. */
  file: string | null;
  /** No pulse for this long means that the main thread hangs, ms; see `serve.ts` for the number. */
  wedgedAfterMs: number;
}

/** A lease that is to be kept alive. */
export interface HeldLease {
  taskId: string;
  fence: number;
  heartbeatMs: number;
  /** It lives this long after a beat, ms. */
  ttlMs: number;
}

export type ToHeartbeat =
  | { kind: 'hold'; lease: HeldLease }
  | { kind: 'drop'; taskId: string }
  /** Every lease beats at once: there is something to hear. */
  | { kind: 'hurry' }
  /** The main thread is alive; with the progress that changed since the last pulse. */
  | { kind: 'pulse'; progress: Record<string, Progress> };

export type FromHeartbeat =
  /** The thread's modules are loaded: from now on a lease beats as soon as it is held. */
  | { kind: 'ready' }
  /** The control plane has answered the lease's first beat. */
  | { kind: 'beaten'; taskId: string; fence: number }
  | { kind: 'stop'; taskId: string; fence: number }
  | { kind: 'lost'; taskId: string; fence: number; detail: string }
  /** Something a person should read; the beats go on. */
  | { kind: 'trouble'; taskId: string; detail: string };

const pulseEveryMs = 250;
/** A thread that dies again and again must not keep a core busy with starting it. */
const restartPauseMs = 500;

/** What the heartbeat tells the holder of a lease. */
interface HeartbeatEvents {
  /** The first beat was answered: the lease is held for sure. Called again when the thread was replaced. */
  onBeaten: () => void;
  onStop: () => void;
  onLost: (detail: string) => void;
}

export interface Heartbeat {
  /**
   * Resolves when the thread can beat. Loading its modules takes seconds on a slow machine, which a lease would be without a
   * heartbeat: ask for work afterwards.
   */
  ready: Promise<void>;
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
  let restarting: NodeJS.Timeout | undefined;
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  let worker = start();

  function start(): Worker {
    const thread = new Worker(new URL('./heartbeat.worker.ts', import.meta.url), { workerData: setup });
    thread.on('message', heed);
    thread.on('error', (error) => log.error(`The heartbeat thread failed: ${error}`));
    thread.on('exit', () => {
      if (!closed) restarting = setTimeout(restart, restartPauseMs);
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
    if (message.kind === 'ready') {
      becomeReady();
      return;
    }
    if (message.kind === 'trouble') {
      log.warn(message.detail);
      return;
    }
    const holder = held.get(message.taskId);
    // A late word about an earlier lease of the same task means nothing to this one.
    if (!holder || holder.lease.fence !== message.fence) return;
    if (message.kind === 'beaten') holder.events.onBeaten();
    else if (message.kind === 'stop') holder.events.onStop();
    else holder.events.onLost(message.detail);
  }

  const pulse = setInterval(() => {
    tell({ kind: 'pulse', progress: changed });
    changed = {};
  }, pulseEveryMs);

  return {
    ready,
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
      clearTimeout(restarting);
      await worker.terminate();
    },
  };
}
