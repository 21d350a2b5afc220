import type { Migration } from '@trainer/libsql/migrate';
import type { Deps } from '../../context/deps.ts';
import { migrate } from '../../db/migrate.ts';
import start from '../../db/migrations/0001_start.sql';
import logsAndVersions from '../../db/migrations/0002_logs_and_versions.sql';
import exclusions from '../../db/migrations/0003_exclusions.sql';
import reviewsAndQuestions from '../../db/migrations/0004_reviews_and_questions.sql';
import questionScope from '../../db/migrations/0005_question_scope.sql';
import schedules from '../../db/migrations/0006_schedules.sql';
import hooks from '../../db/migrations/0007_hooks.sql';
import metrics from '../../db/migrations/0008_metrics.sql';
import repeatedCalls from '../../db/migrations/0009_repeated_calls.sql';
import leaseTokens from '../../db/migrations/0010_lease_tokens.sql';
import sources from '../../db/migrations/0011_sources.sql';
import taskPauses from '../../db/migrations/0012_task_pauses.sql';
import { adoptToken } from '../../tokens/create-token.ts';
import { hashSecret } from '../../tokens/secrets.ts';
import { findToken } from '../../tokens/store.ts';
import type { WorkerSettings } from './settings.ts';

/**
 * Brings the database to this program's schema and lets the owner in. Every isolate does it before its first answer,
 * and several may at once: repeated, it changes nothing.
 */
export async function prepare(
  deps: Pick<Deps, 'db' | 'clock' | 'log'>,
  { ADMIN_TOKEN: token }: WorkerSettings,
): Promise<void> {
  const applied = await migrate(deps.db.$client, migrations, deps.clock.now());
  if (applied.length > 0) deps.log('info', `The database was brought to ${applied.at(-1)}`);
  const known = await findToken(deps.db, await hashSecret(token));
  if (!known || known.revokedAt !== null) {
    await adoptToken(deps, { name: 'ADMIN_TOKEN', scope: 'admin', token });
  }
}

/** The numbered SQL files beside the schema, as the bundle carries them. */
const migrations: readonly Migration[] = [
  { name: '0001_start.sql', sql: start },
  { name: '0002_logs_and_versions.sql', sql: logsAndVersions },
  { name: '0003_exclusions.sql', sql: exclusions },
  { name: '0004_reviews_and_questions.sql', sql: reviewsAndQuestions },
  { name: '0005_question_scope.sql', sql: questionScope },
  { name: '0006_schedules.sql', sql: schedules },
  { name: '0007_hooks.sql', sql: hooks },
  { name: '0008_metrics.sql', sql: metrics },
  { name: '0009_repeated_calls.sql', sql: repeatedCalls },
  { name: '0010_lease_tokens.sql', sql: leaseTokens },
  { name: '0011_sources.sql', sql: sources },
  { name: '0012_task_pauses.sql', sql: taskPauses },
];
