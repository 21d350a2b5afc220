import type { InStatement } from '@libsql/client/web';
import type { Header } from './format.ts';

/**
 * After a backup the control plane went on, and what it did then is not in it: tasks were granted, runs began, ids were
 * given out. Runners, browsers and sidecars may still remember such numbers. If they were given out once more, a runner
 * that lives could hold the fencing number of somebody else's lease, or an upload go into the files of another one. So
 * every number goes on this far above the backup's; no control plane does so much between two backups that it matters.
 */
const MARGIN = 1_000;

/** What makes a state out of restored rows that a control plane can go on from. They fit this program's schema. */
export function bringInOrder({ sequences }: Header): InStatement[] {
  return [
    ...dropUnfinishedUploads,
    ...dropOrphans,
    // Whoever held one has an old fencing number now; the next look at leases takes them back.
    "UPDATE tasks SET lease_expires_at = 0 WHERE status = 'leased'",
    `UPDATE tasks SET fence = fence + ${MARGIN}`,
    ...raiseSequences(sequences),
  ];
}

/** Their parts are in no backup. Files that are there already stay, and are nobody's. */
const dropUnfinishedUploads = [
  "DELETE FROM versions WHERE status = 'staged'",
  'DELETE FROM artifacts WHERE version_id NOT IN (SELECT id FROM versions)',
];

/** Over HTTP the tables were read one after the other: what began meanwhile has come in part only. */
const dropOrphans = [
  'DELETE FROM tasks WHERE run_id NOT IN (SELECT id FROM runs)',
  `DELETE FROM enforced_exclusions WHERE task_id NOT IN (SELECT id FROM tasks)
    OR exclusion_id NOT IN (SELECT id FROM exclusions)`,
  'DELETE FROM reviews WHERE task_id NOT IN (SELECT id FROM tasks)',
  'UPDATE reviews SET applied_run_id = NULL WHERE applied_run_id NOT IN (SELECT id FROM runs)',
  'UPDATE schedules SET last_run_id = NULL WHERE last_run_id NOT IN (SELECT id FROM runs)',
];

/** `sqlite_sequence` has a row for every table that has given out an id since it was made. */
function raiseSequences(sequences: Header['sequences']): InStatement[] {
  return [
    `INSERT INTO sqlite_sequence (name, seq) SELECT name, 0 FROM sqlite_master
      WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name NOT IN (SELECT name FROM sqlite_sequence)`,
    {
      sql: `UPDATE sqlite_sequence
        SET seq = ${MARGIN} + max(seq, coalesce((SELECT value FROM json_each(?) WHERE key = name), 0))`,
      args: [JSON.stringify(sequences)],
    },
  ];
}
