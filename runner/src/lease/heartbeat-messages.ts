import type { Progress } from '@trainer/contract/progress';

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
