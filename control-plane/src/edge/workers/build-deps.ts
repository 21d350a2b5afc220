import { waitUntil } from 'cloudflare:workers';
import type { Assets, Deps } from '../../context/deps.ts';
import { openDatabase } from '../../db/open.ts';
import { sendSoon } from '../../hooks/deliveries.ts';
import { createVault } from '../../secrets/vault.ts';
import { httpDatabaseClient } from '../http-database.ts';
import { outlivingWork } from '../outliving-work.ts';
import { printLine, recordAndPrint } from '../print-line.ts';
import { realClock } from '../real-clock.ts';
import { workersTimings } from '../timings.ts';
import type { Bindings } from './bindings.ts';
import { durableNotifier } from './durable-notifier.ts';
import { r2Objects } from './r2-objects.ts';
import type { WorkerSettings } from './settings.ts';

/** Puts together what the control plane needs on Workers. Nothing in it belongs to one request. */
export function buildDeps(
  bindings: Bindings,
  settings: WorkerSettings,
  { clock = realClock, log = printLine }: Partial<Pick<Deps, 'clock' | 'log'>> = {},
): Deps {
  const { LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken } = settings;
  const db = openDatabase(httpDatabaseClient({ url, authToken }));
  const notifier = durableNotifier(bindings.HUB, { clock, log });
  const parts = { db, clock, notifier };
  const deps: Deps = {
    ...parts,
    objects: r2Objects(bindings),
    assets: boundAssets(bindings.ASSETS),
    log,
    record: recordAndPrint(parts),
    deliverSoon: () => sendSoon(deps),
    vault: createVault(settings.SECRET_KEY ?? settings.ADMIN_TOKEN),
    fetch: (url, init) => fetch(url, init),
    later: outlivingWork(log, waitUntil).later,
    // The bucket and the database are somebody else's disks.
    shortage: () => null,
    detectsDisconnects: false,
    // An isolate ends without a word.
    closing: new AbortController().signal,
    publicUrl: settings.PUBLIC_URL ? new URL(settings.PUBLIC_URL) : null,
    timings: workersTimings,
  };
  return deps;
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
