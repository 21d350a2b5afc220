import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepFilesPrivate } from '@trainer/contract/private-files';
import { readSettings, type Settings, type SettingsTable } from '@trainer/contract/settings';
import { Cron } from 'croner';
import { z } from 'zod';
import { openDatabase } from '../../db/open.ts';
import { withCauses } from '../../http/with-causes.ts';
import { createLoginLink } from '../../tokens/store.ts';
import { housekeeping } from '../housekeeping.ts';
import { realClock } from '../memory-wake-up.ts';
import { endOnUncaughtError, signalled } from '../node/end-on-uncaught-error.ts';
import { openDatabaseFile } from '../node/open-database.ts';
import { printLine } from '../record-and-print.ts';
import { openEdge } from './open-edge.ts';
import type { Workerd } from './start-workerd.ts';

/** `npm run dev:edge`: the control plane as it runs on Cloudflare Workers, all on this machine, until it is told to end. */
async function main(): Promise<void> {
  const { DATA_DIR: dataDir, PORT: port } = readLocalSettings(process.env);
  keepFilesPrivate(process.env);
  await using edge = await openEdge({ dataDir, port, print: (line) => console.log(line) });
  printLine('info', `The control plane answers at ${edge.url}, on workerd`);
  if (edge.isFirstStart) {
    console.log(`\n  Log in once, within a day, as owner:\n\n    ${await loginLink(dataDir, edge.url)}\n`);
  }
  const triggers = startTriggers(edge.workerd);
  const signal = await Promise.race([signalled(), untilGone(edge.url).then(() => null)]);
  for (const trigger of triggers) trigger.stop();
  if (signal === null) throw new Error('workerd has ended. Its last lines above may say why; start it again');
  printLine('info', `Ending on ${signal}`);
}

/** Cloudflare fires the cron triggers of a deployed Worker; here we do. */
function startTriggers({ miniflare }: Workerd): Cron[] {
  return [...new Set(housekeeping.map(({ cron }) => cron))].map(
    (cron) =>
      new Cron(
        cron,
        { timezone: 'UTC', catch: (error) => printLine('error', withCauses(error)) },
        async () => {
          const worker = await miniflare.getWorker();
          await worker.scheduled({ cron });
        },
      ),
  );
}

async function loginLink(dataDir: string, url: string): Promise<string> {
  const client = openDatabaseFile(join(dataDir, 'control-plane.db'));
  try {
    return await createLoginLink({ db: openDatabase(client), clock: realClock }, url);
  } finally {
    client.close();
  }
}

endOnUncaughtError('The edge');
try {
  await main();
} catch (error) {
  printLine('error', `The edge cannot run: ${withCauses(error)}`);
  process.exitCode = 1;
}

/** Everything that the environment can say to the local edge. */
const settings = {
  PORT: {
    schema: z.coerce.number('expected a port number').int().min(0).max(65_535).default(8787),
    description: 'The port of loopback that the Worker listens on; 0 takes any free one.',
  },
  DATA_DIR: {
    schema: z.string().default('./data/edge'),
    description: 'Folder of the database, of R2’s objects and of the first tokens.',
  },
} as const satisfies SettingsTable;

type LocalSettings = Settings<typeof settings>;

/** @throws {SettingsError} with every mistake at once */
function readLocalSettings(env: NodeJS.ProcessEnv): LocalSettings {
  return readSettings(settings, env, (path) => readFileSync(path, 'utf8'));
}

/**
 * Resolves once nobody listens at `url` any more: workerd is a process of its own, and nothing tells when it ends. Whatever is
 * answered counts as alive, and so does a server that is too busy to answer.
 */
export async function untilGone(
  url: string,
  { everyMs = 1_000, signal }: { everyMs?: number; signal?: AbortSignal } = {},
) {
  while (!signal?.aborted) {
    try {
      const response = await fetch(new URL('/healthz', url), { signal });
      await response.body?.cancel();
    } catch (error) {
      if (isRefused(error)) return;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
