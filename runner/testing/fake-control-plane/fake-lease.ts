import { configSchema } from '@trainer/contract/config';
import type { Lease } from '@trainer/contract/leases';
import { emptyProgress } from '@trainer/contract/progress';
import { hangLimits } from '@trainer/testing/hang-limits';

/** A lease as the control plane grants it; it beats every 100 ms so that tests are quick, and a slow machine does not lose it. */
export function fakeLease(taskId: string, changes: Partial<Lease> = {}): Lease {
  return {
    task_id: taskId,
    run_id: 1,
    run_created_at: '2026-01-01T00:00:00.000Z',
    kind: 'ingest',
    source: 'stashdb',
    fence: 1,
    attempt: 1,
    expires_at: '2026-01-01T00:00:00.000Z',
    first_heartbeat_ms: 30_000,
    heartbeat_ms: 100,
    ttl_ms: hangLimits.testMs,
    progress: emptyProgress(),
    next_log_seq: 1,
    params: {
      sources: ['stashdb'],
      enable_faces: true,
      max_faces_per_source: 5,
      max_faces_total: 12,
      reference_mode: 'url',
      full: false,
      model_pack: 'starter',
    },
    config: configSchema.parse({}),
    config_revision: 1,
    requested_by: 'test',
    latest_version: null,
    ...changes,
  };
}
