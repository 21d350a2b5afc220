import type { HostProgress, Progress } from '@trainer/contract/progress';
import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { Traffic } from '../http/traffic.ts';
import type { SourceTraffic } from '../sources/base/source.ts';

/** What one performer's turn adds to a task's counters. */
export interface PerformerResult {
  /** 1, or 0 for one who was counted before. */
  performers: 0 | 1;
  unchanged: boolean;
  images: number;
  /** Images that the source no longer lists. */
  imagesRetired: number;
  facesAdded: number;
  /** One per image that gave no face. */
  rejections: string[];
  errors: number;
}

export const emptyResult: PerformerResult = {
  performers: 1,
  unchanged: false,
  images: 0,
  imagesRetired: 0,
  facesAdded: 0,
  rejections: [],
  errors: 0,
};

/** What a performer's images count for. */
export function resultOf({
  images,
  unchanged,
  facesAdded,
}: {
  images: readonly Pick<ImageOutcome, 'outcome' | 'reason'>[];
  unchanged: readonly unknown[];
  facesAdded: number;
}): PerformerResult {
  return {
    performers: 1,
    unchanged: false,
    images: images.length + unchanged.length,
    imagesRetired: 0,
    facesAdded,
    rejections: images.flatMap(({ outcome, reason }) =>
      outcome === 'accepted' ? [] : [reason ?? 'unknown'],
    ),
    errors: images.filter(({ outcome }) => outcome === 'failed').length,
  };
}

export function addResult(progress: Progress, result: PerformerResult): Progress {
  const rejections = { ...progress.rejections };
  for (const reason of result.rejections) rejections[reason] = (rejections[reason] ?? 0) + 1;
  return {
    ...progress,
    performers_processed: progress.performers_processed + result.performers,
    performers_unchanged: progress.performers_unchanged + (result.unchanged ? 1 : 0),
    images: progress.images + result.images,
    ...(result.imagesRetired > 0
      ? { images_retired: (progress.images_retired ?? 0) + result.imagesRetired }
      : {}),
    faces_added: progress.faces_added + result.facesAdded,
    rejections,
    errors: progress.errors + result.errors,
  };
}

/** The counters with the traffic of this attempt on top of that of earlier ones, which ended with `before`. */
export function withTraffic(progress: Progress, before: Progress, now: SourceTraffic): Progress {
  const { performers_total: total } = progress;
  return {
    ...progress,
    // A source that shrinks on the way has been counted smaller than what it told, which would look impossible.
    performers_total: total === null ? null : Math.max(total, progress.performers_processed),
    requests: before.requests + now.requests,
    bytes: before.bytes + now.bytes,
    waited_ms: Math.round(before.waited_ms + now.waitedMs),
    hosts: addHosts(before.hosts, now.hosts),
  };
}

type Hosts = Progress['hosts'];

/** The figures per host of this attempt on top of those of earlier ones. */
export function addHosts(before: Hosts, now: SourceTraffic['hosts'] = new Map()): Hosts {
  const sum: Hosts = { ...before };
  for (const [host, traffic] of now) sum[host] = addTraffic(before[host], traffic);
  return sum;
}

function addTraffic(before: HostProgress | undefined, now: Readonly<Traffic>): HostProgress {
  const refusals = { ...before?.refusals };
  for (const [status, times] of Object.entries(now.refusalsByStatus)) {
    refusals[status] = (refusals[status] ?? 0) + times;
  }
  return {
    requests: (before?.requests ?? 0) + now.requests,
    browser_requests: (before?.browser_requests ?? 0) + now.browserRequests,
    bytes: (before?.bytes ?? 0) + now.bytes,
    refusals,
    failures: (before?.failures ?? 0) + now.failures,
    off_limits: (before?.off_limits ?? 0) + now.offLimits,
    waited_ms: Math.round((before?.waited_ms ?? 0) + now.waitedMs),
  };
}
