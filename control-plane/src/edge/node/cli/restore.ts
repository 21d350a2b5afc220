import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@libsql/client/web';
import { exclusionsInForce } from '../../../backup/carry-exclusions.ts';
import type { Header } from '../../../backup/format.ts';
import { describeRows, listContents } from '../../../backup/list-contents.ts';
import { loadBackup } from '../../../backup/load-backup.ts';
import type { Deps } from '../../../context/deps.ts';
import { schemaNumber } from '../../../db/migrate.ts';
import { openDatabase } from '../../../db/open.ts';
import { withCauses } from '../../../http/with-causes.ts';
import { keyOf } from '../../../versions/artifact-upload.ts';
import { listVisible } from '../../../versions/store.ts';
import { realClock } from '../../real-clock.ts';
import { diskObjects } from '../disk-objects.ts';
import { tokenFile } from '../first-tokens.ts';
import { openClient, placeOf, readMigrations } from '../open-database.ts';
import { type NodeSettings, readNodeSettings } from '../settings.ts';
import { CliError, parseFileArgument, type Terminal } from './command.ts';
import { inspectBackupFile, readBackupFile } from './read-backup-file.ts';
import { type Load, type Restored, restoreFile } from './restore-file.ts';

/** Makes the database what a backup says. Nothing is changed before the whole file was read and found to be sound. */
export async function restore(args: readonly string[], { env, out }: Terminal): Promise<void> {
  const { file, given } = parseFileArgument(args, ['replace']);
  const settings = readNodeSettings(env);
  const { header, rows } = await inspectBackupFile(file);
  refuseNewer(file, header);
  const place = placeOf(settings);
  const isReplacing = given.has('replace');
  const now = realClock.now();
  const backup = { header, rows, pages: readBackupFile(file) };
  const load: Load = (client, exclusions) =>
    loadBackup(client, backup, { migrations: readMigrations(), now, exclusions });
  const { carried, kept } =
    'file' in place
      ? await restoreFile(place.file, load, { isReplacing, now })
      : await restoreServer(openClient(place), load, isReplacing);
  forgetTokenFiles(settings);
  out(`Restored ${describeRows(rows) || 'nothing'}, as of ${header.created_at}.\n`);
  if (carried > 0) out(`Exclusions that were made after that were kept: ${carried}.\n`);
  if (kept !== null) out(`What was there before is kept as ${kept}.\n`);
  out(describeMissing(await missingFiles(settings), settings));
  out(nextSteps);
}

function refuseNewer(file: string, { schema }: Header): void {
  if (schema <= schemaNumber) return;
  throw new CliError(
    'refused',
    `${file} has schema ${schema}, and this program knows up to ${schemaNumber}: a newer stash-sense-trainer has written it. ` +
      'Restore it with that one.',
  );
}

/** @throws {CliError} when the database holds something and `isReplacing` is not set, or when it did not work */
async function restoreServer(client: Client, load: Load, isReplacing: boolean): Promise<Restored> {
  const contents = await listContents(client);
  if (contents !== null && !isReplacing) {
    throw new CliError(
      'refused',
      `The database holds ${contents}. Restore into an empty one, or add --replace: what is there is then gone for good.`,
    );
  }
  try {
    return { carried: await load(client, await exclusionsInForce(client)), kept: null };
  } catch (error) {
    throw new CliError(
      'failed',
      `Restoring did not finish: ${withCauses(error)}. Nothing can use the database until it was repeated with --replace.`,
      { cause: error },
    );
  }
}

/**
 * The tokens in them open nothing any more, and a runner that is started at the same moment as the control plane must not
 * take an old one for its own. Those of a database in `DATA_DIR` stay when another one was restored.
 */
function forgetTokenFiles(settings: NodeSettings): void {
  const { DATA_DIR, LIBSQL_URL } = settings;
  if (LIBSQL_URL && existsSync(join(DATA_DIR, 'control-plane.db'))) return;
  for (const scope of ['admin', 'runner'] as const) rmSync(tokenFile(DATA_DIR, scope), { force: true });
}

async function missingFiles(settings: NodeSettings): Promise<MissingFiles[]> {
  const client = openClient(placeOf(settings));
  try {
    return await findMissingFiles({
      db: openDatabase(client),
      objects: diskObjects(join(settings.DATA_DIR, 'versions')),
    });
  } finally {
    client.close();
  }
}

function describeMissing(missing: readonly MissingFiles[], { DATA_DIR }: NodeSettings): string {
  if (missing.length === 0) return '';
  const folder = join(DATA_DIR, 'versions');
  const lines = missing.map(({ version, artifacts }) => `  ${version}: ${artifacts.join(', ')}`);
  return `Files of versions that are not in ${folder}; copy them there, or from there to the bucket:
${lines.join('\n')}
`;
}

const nextSteps = `Secrets are in no backup. Start the control plane: ADMIN_TOKEN opens it, or the link that it prints. The tokens in
DATA_DIR are made anew; make new ones for runners and scripts elsewhere, and enter the addresses of hooks again.
`;

interface MissingFiles {
  version: string;
  /** Artifacts that the version store lacks, or has in another size. */
  artifacts: string[];
}

/** Visible versions whose files are not all in the version store: a backup holds rows, and the files travel by themselves. */
async function findMissingFiles({ db, objects }: Pick<Deps, 'db' | 'objects'>): Promise<MissingFiles[]> {
  const missing: MissingFiles[] = [];
  for (const { version, artifacts } of await listVisible(db)) {
    const names: string[] = [];
    for (const artifact of artifacts) {
      const found = await objects.read(keyOf(version, artifact), { start: 0, end: 0 });
      await found?.body.cancel();
      if (found?.size !== artifact.size) names.push(artifact.name);
    }
    if (names.length > 0) missing.push({ version: version.version, artifacts: names });
  }
  return missing;
}
