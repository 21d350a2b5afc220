import { openDatabase } from '../../db/open.ts';
import type { Assets, Clock, Deps } from '../../deps.ts';
import { httpDatabaseClient } from '../http-database.ts';
import { printLine } from '../print-line.ts';
import { realClock } from '../real-clock.ts';
import { recordAndPrint } from '../record-and-print.ts';
import { workersTempo } from '../tempo.ts';
import type { Bindings } from './bindings.ts';
import { hubWakeUp } from './hub-wake-up.ts';
import { r2Objects } from './r2-objects.ts';
import type { WorkerSettings } from './settings.ts';

/** Puts together what the control plane needs on Workers. Nothing in it belongs to one request. */
export function buildDeps(
  bindings: Bindings,
  { LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken }: Omit<WorkerSettings, 'ADMIN_TOKEN'>,
  clock: Clock = realClock,
): Deps {
  const db = openDatabase(httpDatabaseClient({ url, authToken }));
  const wakeUp = hubWakeUp(bindings.HUB, { clock, log: printLine });
  const parts = { db, clock, wakeUp };
  return {
    ...parts,
    objects: r2Objects(bindings),
    assets: boundAssets(bindings.ASSETS),
    log: printLine,
    record: recordAndPrint(parts),
    // An isolate ends without a word.
    closing: new AbortController().signal,
    publicUrl: null,
    tempo: workersTempo,
  };
}

function boundAssets(files: Fetcher): Assets {
  return {
    areCompressed: true,
    async read(path) {
      const file = await files.fetch(new URL(path, 'https://assets'));
      if (file.ok) return file;
      await file.body?.cancel();
      return null;
    },
  };
}
