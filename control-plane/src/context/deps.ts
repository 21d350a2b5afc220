import type { LogLevel } from '@trainer/contract/logs';
import type { SourceId } from '@trainer/contract/sources';
import type { Database } from '../db/open.ts';
import type { ObjectStore } from '../objects/object-store.ts';

/**
 * Everything that the control plane needs from where it runs. An edge (Node, Workers) builds it; tests build it
 * with a fake clock. Nothing else knows the platform.
 */
export interface Deps {
  db: Database;
  /** Where versions lie. */
  objects: ObjectStore;
  /** The dashboard's built files. */
  assets: Assets;
  wakeUp: WakeUp;
  clock: Clock;
  /** One line of the program's own log. Never a secret, never a body. */
  log: ProgramLog;
  /** Puts lines of the control plane itself into the log that `GET /api/logs` shows, in one go. */
  record: (...lines: OwnLine[]) => Promise<void>;
  /** Delivers the events that were just written to the outbox, behind the answer. */
  deliverSoon: () => void;
  /** Keeps secrets out of the database. */
  vault: Vault;
  /** Asks other servers; everything that goes out goes through it. */
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Does work that nobody waits for: it may outlive the answer, and failing it is logged. */
  later: (work: () => Promise<void>) => void;
  /** Why no `bytes` more should be stored on this machine, with what to do; null where they may, or where storage has no such limit. */
  shortage: (bytes: number) => string | null;
  /** Whether a request's `signal` tells that its caller has hung up, also while nothing is being sent. */
  hearsHangUps: boolean;
  /** Aborted when the process is about to end: long polls and streams answer at once. */
  closing: AbortSignal;
  /** The address under which browsers reach the control plane when a proxy stands in front; else null. */
  publicUrl: URL | null;
  tempo: Tempo;
}

/** How often runners and readers are answered: as often as they like, unless requests are counted where we run. */
export interface Tempo {
  /** How often a runner is asked to beat, ms. */
  heartbeatMs: number;
  /** A lease lives this long after each heartbeat, ms. */
  leaseTtlMs: number;
  /** How long a runner is asked to gather log lines before it sends them, ms. */
  logFlushMs: number;
  /** A runner that waits for work is sent away after so many looks at the database, and asks again. */
  looksPerPoll: number;
  /** How long new lines are gathered before a reader of the log gets them, ms. */
  gatherLinesMs: number;
  /** A reader of the log is sent away after so many looks at the database, and comes back by itself. */
  looksPerStream: number;
  /** So many messages are sent to hooks behind one answer. */
  deliveriesPerAnswer: number;
  /** So many artifacts are verified as a whole by one request to publish; the next one goes on. */
  artifactsPerPublish: number;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Assets {
  /** The file at `path` (`/assets/main.js`) with its content type, or null. */
  read(path: string): Promise<Response | null>;
  /** Whether the platform compresses what we answer, so that we must not. */
  areCompressed: boolean;
}

export interface Vault {
  /** Text that says nothing to whoever lacks the key. */
  seal(text: string): Promise<string>;
  /** @throws {SealBroken} when it was sealed with another key */
  open(sealed: string): Promise<string>;
}

/** `work`: a task may have become ready. `logs`: there are new log lines. */
export type Topic = 'work' | 'logs';

/**
 * Tells waiting requests that something happened. The number only grows; a waiter names the last one it has
 * seen, so nothing that happens between its look at the database and its wait is lost.
 */
export interface WakeUp {
  current(topic: Topic): Promise<number>;
  notify(topic: Topic): Promise<void>;
  /** Resolves with the current number once it is above `since`, after `ms`, or when `signal` aborts. */
  wait(topic: Topic, since: number, ms: number, signal?: AbortSignal): Promise<number>;
}

export type ProgramLog = (
  level: LogLevel,
  message: string,
  fields?: Record<string, string | number | boolean | null>,
) => void;

/** A line that the control plane writes about a run or a task. */
export interface OwnLine {
  level: LogLevel;
  message: string;
  source?: SourceId | null;
  runId?: number | null;
  taskId?: string | null;
  fields?: Record<string, string | number | boolean | null>;
}
