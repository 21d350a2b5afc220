import type { Call } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';
import type { LogLine } from '@trainer/contract/logs';
import type { FoundReview } from '@trainer/contract/reviews';
import { finish, progressOf, take } from './a-runner.ts';
import { announceVersion, uploadMissing } from './announce-version.ts';

/**
 * What a control plane has seen after a while, all of it said over the API: revisions, exclusions with a receipt, reviews, a
 * schedule, a run with a version and log lines, a run that is worked on and one that waits. Answers with the lease that is held.
 */
export async function seedHistory(calls: { admin: Call; runner: Call }, lines = 20): Promise<Lease> {
  const { admin, runner } = calls;
  for (const revision of [0, 1]) {
    await admin('PUT /api/config', {
      headers: { 'if-match': `"${revision}"` },
      body: { faces: { min_face_px: 90 + revision } },
    });
  }
  const { id } = await admin('POST /api/exclusions', {
    body: { kind: 'name', value: { name: 'Ada Example', birth_year: 1990 }, note: 'asked by letter' },
  });
  // So seldom that no test lives to see it.
  await admin('POST /api/schedules', { body: { name: 'leap day', cron: '0 3 29 2 *' } });
  await admin('POST /api/build/start', { body: { sources: ['stashdb'] } });
  await workOnSource(calls, lines);
  await publish(runner, id);
  await admin('POST /api/build/start', { body: { sources: ['folder', 'boobpedia'] } });
  const lease = await take(runner);
  await admin('POST /api/build/start', { body: { sources: ['iafd'], queue: true } });
  return lease;
}

async function workOnSource({ admin, runner }: { admin: Call; runner: Call }, lines: number): Promise<void> {
  const lease = await take(runner);
  const { task_id: task, fence } = lease;
  for (let seq = 1; seq <= lines; seq += 500) {
    await runner('POST /api/leases/{task}/heartbeat', { params: { task }, body: { fence } });
    await addLines(runner, lease, seq, Math.min(500, lines - seq + 1));
  }
  await runner('PUT /api/leases/{task}/reviews', {
    params: { task },
    body: { fence, reviews: [aReview('a'), aReview('b')] },
  });
  const [review] = await admin('GET /api/reviews', { query: {} });
  await admin('PUT /api/reviews/{id}/decision', {
    params: { id: review?.id ?? 0 },
    body: { decision: 'same' },
  });
  const progress = progressOf({ performers_processed: 20, faces_added: 31, rejections: { blurred: 3 } });
  await runner('POST /api/leases/{task}/complete', {
    params: { task },
    body: { fence, outcome: 'done', progress },
  });
}

async function publish(runner: Call, exclusion: number): Promise<void> {
  const lease = await take(runner);
  const { task_id: task, fence } = lease;
  const enforced = [{ id: exclusion, performers_removed: 1, faces_removed: 4 }];
  await runner('PUT /api/leases/{task}/exclusions', { params: { task }, body: { fence, enforced } });
  await uploadMissing(runner, announceVersion('2026.01.01'), { taskId: task, fence });
  await runner('POST /api/leases/{task}/version/publish', { params: { task }, body: { fence } });
  await finish(runner, lease);
}

/** Adds `count` lines to a task's log, from `seq` on. */
export async function addLines(
  runner: Call,
  { task_id: task, fence }: Pick<Lease, 'task_id' | 'fence'>,
  seq: number,
  count: number,
): Promise<void> {
  const lines = Array.from({ length: count }, (_, at): LogLine => {
    const message = `Line ${seq + at}: "quoted", \u2028 and 人`;
    return {
      seq: seq + at,
      time: '2026-01-01T00:00:00Z',
      level: 'info',
      source: null,
      message,
      fields: { at },
    };
  });
  await runner('POST /api/leases/{task}/logs', { params: { task }, body: { fence, lines } });
}

const aReview = (key: string): FoundReview => ({
  key,
  kind: 'duplicate',
  summary: `${key}: Ada Example and A. Example may be one performer`,
  performers: [{ name: 'Ada Example', ids: ['stashdb.org:1'], pages: ['https://example.org/ada'] }],
  evidence: [{ label: 'address', value: 'both give it', url: 'https://example.org/ada' }],
  distance: 0.31,
  found_at: '2026-01-01T00:00:00.000Z',
});
