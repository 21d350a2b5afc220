import { SettingsError } from '@trainer/contract/settings';
import { createApp } from '../../app.ts';
import type { Deps } from '../../context/deps.ts';
import { ProblemError, problemResponse } from '../../http/problem-error.ts';
import { withCauses } from '../../http/with-causes.ts';
import { doChores } from '../housekeeping.ts';
import { printLine } from '../print-line.ts';
import type { Bindings } from './bindings.ts';
import { buildDeps } from './build-deps.ts';
import { prepare } from './prepare.ts';
import { readWorkerSettings, type WorkerSettings } from './settings.ts';

/** What an isolate keeps between requests: values only, because one request must never wait for another's promise. */
interface Opened {
  settings: WorkerSettings;
  deps: Deps;
  app: ReturnType<typeof createApp>;
  isPrepared: boolean;
}

/** The control plane on Workers, once per isolate: requests, and cron triggers for what nobody asks for. */
export function createWorker(log: Deps['log'] = printLine) {
  let opened: Opened | null = null;

  function open(bindings: Bindings): Opened {
    if (opened) return opened;
    const settings = readWorkerSettings({ ...bindings });
    const deps = buildDeps(bindings, settings, { log });
    opened = { settings, deps, app: createApp(deps), isPrepared: false };
    return opened;
  }

  async function openPrepared(bindings: Bindings): Promise<Opened> {
    const it = open(bindings);
    if (!it.isPrepared) await prepare(it.deps, it.settings);
    it.isPrepared = true;
    return it;
  }

  return {
    async fetch(request, bindings, context) {
      try {
        // The health routes and the dashboard's files answer although the database does not.
        const wantsDatabase = /^\/(api\/|metrics$)/.test(new URL(request.url).pathname);
        const { app } = wantsDatabase ? await openPrepared(bindings) : open(bindings);
        const client = request.headers.get('cf-connecting-ip') ?? 'unknown';
        return await app.fetch(request, { client }, context);
      } catch (error) {
        log('error', `The control plane cannot answer: ${withCauses(error)}`);
        return problemResponse(new ProblemError('unavailable', sorry(error)), crypto.randomUUID());
      }
    },

    async scheduled({ cron }, bindings) {
      const { deps } = await openPrepared(bindings);
      await doChores(deps, cron);
    },
  } satisfies ExportedHandler<Bindings>;
}

/** A wrong setting is the owner's to mend, and its message holds no secret. */
function sorry(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  return 'The database cannot be used now. The Worker’s log says why; "npx wrangler tail" shows it.';
}
