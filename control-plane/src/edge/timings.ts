import { limits } from '@trainer/contract/limits';
import type { Tempo } from '../context/deps.ts';

/** Nobody counts our requests: a stop reaches a runner within a second, and a line its reader at once. */
export const nodeTempo: Tempo = {
  heartbeatMs: limits.heartbeatMs,
  leaseTtlMs: limits.leaseTtlMs,
  logFlushMs: 250,
  looksPerPoll: Number.POSITIVE_INFINITY,
  gatherLinesMs: 0,
  looksPerStream: Number.POSITIVE_INFINITY,
  deliveriesPerAnswer: 9,
  artifactsPerPublish: Number.POSITIVE_INFINITY,
};

/**
 * A day's requests are counted, and a request may ask others fifty times. A lease outlives three lost beats and a
 * restart of half a minute.
 */
export const workersTempo: Tempo = {
  heartbeatMs: 5_000,
  leaseTtlMs: 45_000,
  logFlushMs: 500,
  looksPerPoll: 4,
  gatherLinesMs: 300,
  looksPerStream: 16,
  deliveriesPerAnswer: 2,
  artifactsPerPublish: 12,
};
