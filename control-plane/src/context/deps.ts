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
  /** Stores the files of versions. */
  objects: ObjectStore;
  /** The dashboard's built files. */
  assets: Assets;
  notifier: Notifier;
  clock: Clock;
  /** One line of the program's own log. Never a secret, never a body. */
  log: ProgramLog;
  /** Puts lines of the control plane itself into the log that `GET /api/logs` shows, in one go. */
  record: (...lines: OwnLine[]) => Promise<void>;
  /** Delivers the events that were just written to the outbox, behind the answer. */
  deliverSoon: () => void;
  /** Keeps secrets out of the database. */
  vault: Vault;
  /** Sends every outgoing HTTP request. */
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Runs background work that may continue after the response. Failures are logged. */
  later: (work: () => Promise<void>) => void;
  /** Why no `bytes` more should be stored on this machine, with what to do; null where they may, or where storage has no such limit. */
  shortage: (bytes: number) => string | null;
  /** Whether a request's `signal` aborts when the client disconnects, even while no data is being sent. */
  detectsDisconnects: boolean;
  /** Aborted when the process is about to end: long polls and streams answer at once. */
  closing: AbortSignal;
  /** The address under which browsers reach the control plane when a proxy stands in front; else null. */
  publicUrl: URL | null;
  timings: Timings;
}

/** Intervals and limits of polling and streaming. They depend on whether the platform limits the number of requests. */
export interface Timings {
  /** Interval between a runner's heartbeats, ms. */
  heartbeatMs: number;
  /** A lease lives this long after each heartbeat, ms. */
  leaseTtlMs: number;
  /** How long a runner is asked to gather log lines before it sends them, ms. */
  logFlushMs: number;
  /** Database checks per long poll for work. Then the poll returns empty and the runner polls again. */
  checksPerPoll: number;
  /** How long new log lines are collected before they are sent to a client of the log stream, ms. */
  logStreamBatchMs: number;
  /** Database checks per log stream. Then the stream ends and the client reconnects. */
  checksPerStream: number;
  /** Maximum hook deliveries after one response. */
  deliveriesPerAnswer: number;
  /** Maximum artifacts verified by one publish request; the next request continues. */
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
  /** Encrypts `text`. It cannot be read without the key. */
  seal(text: string): Promise<string>;
  /** @throws {SealBroken} when it was sealed with another key */
  open(sealed: string): Promise<string>;
}

/** `work`: a task may have become ready. `logs`: there are new log lines. */
export type Topic = 'work' | 'logs';

/**
 * Tells waiting requests that something happened. The number only grows; a waiter names the last one it has
 * seen, so no notification between its database check and its wait is lost.
 */
export interface Notifier {
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
