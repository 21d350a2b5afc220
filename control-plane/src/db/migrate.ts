import type { Client } from '@libsql/client/web';
import { type Migration, migrate as migrateAny } from '@trainer/libsql/migrate';

/** The number of the newest migration: the schema that the code is written for. */
export const schemaNumber = 12;

/** Stands in the table `migrations` while a restore is under way: above every number, so that no program starts. */
export const RESTORE_UNDER_WAY = 999_999_999;

/**
 * Brings the control plane's database to the newest of `migrations`, as the `migrate` of shared/ does.
 *
 * @param now ms since 1970
 * @returns the names of those that were applied
 * @throws {NewerSchemaError} when the database has a migration that this program does not know, or a restore is under way.
 */
export function migrate(client: Client, migrations: readonly Migration[], now: number): Promise<string[]> {
  return migrateAny(client, { migrations, at: now, describeNewer });
}

/** Why a database of schema `at` is not for a program that knows up to `newest`, and what to do. */
export function describeNewer(at: number, newest: number): string {
  if (at === RESTORE_UNDER_WAY) {
    return 'A restore into this database was begun and has not finished, so nothing may use it. Repeat the restore with --replace.';
  }
  return (
    `The database has schema ${at}, and this program knows up to ${newest}: a newer stash-sense-trainer has written it. ` +
    'Start that one again, or restore a backup from before the upgrade.'
  );
}
