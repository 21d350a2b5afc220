import { limits } from '@trainer/contract/limits';
import type { Timings } from '../context/deps.ts';

/** The number of requests is not limited: a stop reaches a runner within a second, and a log line its reader immediately. */
export const nodeTimings: Timings = {
  heartbeatMs: limits.heartbeatMs,
  leaseTtlMs: limits.leaseTtlMs,
  logFlushMs: 250,
  checksPerPoll: Number.POSITIVE_INFINITY,
  logStreamBatchMs: 0,
  checksPerStream: Number.POSITIVE_INFINITY,
  deliveriesPerAnswer: 9,
  artifactsPerPublish: Number.POSITIVE_INFINITY,
};

/**
 * Requests per day are limited, and each may make 50 subrequests. A lease survives three lost heartbeats and a
 * restart of 30 s.
 */
export const workersTimings: Timings = {
  heartbeatMs: 5_000,
  leaseTtlMs: 45_000,
  logFlushMs: 500,
  checksPerPoll: 4,
  logStreamBatchMs: 300,
  checksPerStream: 16,
  deliveriesPerAnswer: 2,
  artifactsPerPublish: 12,
};
