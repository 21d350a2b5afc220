import { join } from 'node:path';
import { keepFilesPrivate } from '@trainer/contract/private-files';
import { Cron } from 'croner';
import { openDatabase } from '../../db/open.ts';
import { withCauses } from '../../http/with-causes.ts';
import { createLoginLink } from '../../tokens/open-session.ts';
import { housekeeping } from '../housekeeping.ts';
import { openDatabaseFile } from '../node/open-database.ts';
import { endOnUncaughtError, signalled } from '../node/process-end.ts';
import { printLine } from '../print-line.ts';
import { realClock } from '../real-clock.ts';
import { openEdge, readLocalSettings } from './open-edge.ts';
import type { Workerd } from './start-workerd.ts';
import { untilGone } from './until-gone.ts';

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
