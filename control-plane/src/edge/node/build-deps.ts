import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUpAfter } from '@trainer/async/with-clean-up';
import { describeShortage } from '@trainer/contract/disk-space';
import { NewerSchemaError, newestOf } from '@trainer/libsql/migrate';
import type { Deps } from '../../context/deps.ts';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { sendSoon } from '../../hooks/deliveries.ts';
import { createVault } from '../../secrets/vault.ts';
import { newSecret } from '../../tokens/secrets.ts';
import { memoryNotifier } from '../memory-notifier.ts';
import { type OutlivingWork, outlivingWork } from '../outliving-work.ts';
import { printLine, recordAndPrint } from '../print-line.ts';
import { realClock } from '../real-clock.ts';
import { nodeTimings } from '../timings.ts';
import { diskObjects } from './disk-objects.ts';
import { fileAssets } from './file-assets.ts';
import {
  copyDatabaseFile,
  freeBytesAt,
  openClient,
  type Place,
  placeOf,
  readMigrations,
} from './open-database.ts';
import type { NodeSettings } from './settings.ts';

/** Where the dashboard's build lands. */
const DASHBOARD = join(import.meta.dirname, '../../../../dashboard/dist');

type NodeDeps = Deps & Pick<OutlivingWork, 'settled'>;

/** Which database cannot be used, without what may be secret in an address. */
function cannotUse(place: Place): string {
  if ('file' in place) return `The database ${place.file} cannot be used`;
  return `The database at ${new URL(place.url).origin} cannot be used; check LIBSQL_URL, LIBSQL_AUTH_TOKEN and the server there`;
}

/** Opens and migrates the database, and puts everything together that the control plane needs on Node. */
export async function buildDeps(settings: NodeSettings, closing: AbortSignal): Promise<NodeDeps> {
  const place = placeOf(settings);
  const migrations = readMigrations();
  const copy = 'file' in place ? copyDatabaseFile(place.file, newestOf(migrations), realClock.now()) : null;
  if (copy) printLine('info', `The database is copied to ${copy} before it is migrated`);
  const client = openClient(place);
  const applied = await migrate(client, migrations, realClock.now()).catch((error: unknown) => {
    cleanUpAfter(error, () => client.close());
    if (error instanceof NewerSchemaError) throw error;
    throw new Error(cannotUse(place), { cause: error });
  });
  if (applied.length > 0) printLine('info', `The database was brought to ${applied.at(-1)}`);
  const parts = { db: openDatabase(client), clock: realClock, notifier: memoryNotifier(realClock) };
  const room = { folder: settings.DATA_DIR, minFreeMb: settings.MIN_FREE_MB, freeBytes: freeBytesAt };
  const deps: NodeDeps = {
    ...parts,
    ...outlivingWork(printLine),
    objects: diskObjects(join(settings.DATA_DIR, 'versions')),
    assets: fileAssets(DASHBOARD),
    log: printLine,
    record: recordAndPrint(parts),
    deliverSoon: () => sendSoon(deps),
    vault: createVault(provideSecretKey(settings)),
    fetch: (url, init) => fetch(url, init),
    shortage: (bytes) => describeShortage(room, bytes),
    detectsDisconnects: true,
    closing,
    publicUrl: settings.PUBLIC_URL ? new URL(settings.PUBLIC_URL) : null,
    timings: nodeTimings,
  };
  return deps;
}

/**
 * What the vault's key is derived from: `SECRET_KEY`, or else the file `secret-key` in `DATA_DIR`, which is made once and
 * readable by its owner only. It lies beside the database, so a backup that shall keep hooks secret leaves it out.
 */
export function provideSecretKey({ SECRET_KEY, DATA_DIR }: NodeSettings): string {
  if (SECRET_KEY !== undefined) return SECRET_KEY;
  const file = join(DATA_DIR, 'secret-key');
  mkdirSync(DATA_DIR, { recursive: true });
  try {
    // Fails where there is one, so of two programs that start at once one makes the key.
    writeFileSync(file, `${newSecret()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const key = readFileSync(file, 'utf8').trim();
  if (key === '')
    throw new Error(
      `${file} is empty: restore it from a backup, or delete it and enter the addresses of hooks again.`,
    );
  return key;
}
