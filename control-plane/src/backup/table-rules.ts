import type { Row } from './format.ts';

/** What of a table goes into a backup. */
export type TableRule =
  | {
      /** The primary key: every row, in its order. */
      key: readonly string[];
      /** Columns that stay behind, and what a restored row has in the place of what was there. */
      instead?: Readonly<Record<string, (had: Row[number]) => Row[number]>>;
    }
  | {
      /** Nothing of it goes in, because of this. */
      leftOut: string;
    };

/**
 * One line for every table, and a test that says which one has none. Those that others refer to come first; versions before
 * runs, because a number that only the run has is never used again, while one that only the version has would be.
 */
export const tableRules: Readonly<Record<string, TableRule>> = {
  config_revisions: { key: ['revision'] },
  versions: { key: ['id'] },
  artifacts: { key: ['version_id', 'name'] },
  runs: { key: ['id'] },
  // Tokens stay behind, and the new ones may have the same ids.
  tasks: { key: ['id'], instead: { token_id: () => null } },
  runners: { key: ['id'] },
  sources: { key: ['id'] },
  exclusions: { key: ['id'] },
  enforced_exclusions: { key: ['task_id', 'exclusion_id'] },
  reviews: { key: ['id'] },
  schedules: { key: ['id'] },
  hooks: {
    key: ['id'],
    instead: {
      // What the vault cannot open, so that sending says what to do.
      address: () => '',
      secret: (had) => (had === null ? null : ''),
      enabled: () => 0,
      disabled_reason: () => 'A backup holds neither address nor secret: enter them again.',
    },
  },
  log_lines: { key: ['id'] },
  deliveries: { leftOut: 'nobody is told once more of what is over' },
  parts: { leftOut: 'what is being uploaded is uploaded again' },
  questions: { leftOut: 'forgotten after minutes' },
  tokens: { leftOut: 'secret; new ones are made' },
  login_codes: { leftOut: 'secret' },
  sessions: { leftOut: 'secret; everybody logs in again' },
  failed_attempts: { leftOut: 'forgotten after a minute' },
};

/** Tables of which rows go into a backup. */
export const keptTables = Object.entries(tableRules).flatMap(([name, rule]) =>
  'key' in rule ? [{ name, ...rule }] : [],
);
