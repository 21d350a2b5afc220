import type { Lease } from '@trainer/contract/leases';
import { sql } from 'drizzle-orm';
import { recordVersion } from '../src/runs/store.ts';
import type { TestApp } from './create-test-app.ts';

/** Notes a version for the run of a publish task, as publishing it does at its end. */
export async function publishFor(
  { deps }: TestApp,
  lease: Lease,
  version: { version: string; performers: number; faces: number },
): Promise<void> {
  await recordVersion(deps.db, lease.run_id, version, sql`true`);
}
