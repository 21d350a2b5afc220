import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '@trainer/contract/client';
import type { Restarts, Runner } from '@trainer/contract/leases';
import { parseRestarts } from '@trainer/contract/parse-restarts';
import { version } from '@trainer/contract/version';
import type { Catalog } from '../catalog/catalog.ts';
import { originOf } from '../catalog/connect-catalog.ts';
import { createApi } from '../control/api.ts';
import { createSession } from '../control/session.ts';
import { openCrashReport, trackWork } from '../crash/crash-note.ts';
import { handleCrashes } from '../crash/handle-crashes.ts';
import { freeBytesAt, watchRoom } from '../disk/watch-room.ts';
import { createEngines } from '../engines/engines.ts';
import { engineOpener } from '../engines/open-engine.ts';
import { rememberingPack, warmUp } from '../engines/warm-up.ts';
import { systemClock } from '../http/clock.ts';
import { noteMismatch } from '../lease/is-healthy.ts';
import { DataDirInUse, lockDataDir, runnerId } from '../lease/lock-data-dir.ts';
import { serveUntilSignal } from '../lease/serve.ts';
import { createLogger, createRedactor, type Logger, printLines, type Redact } from '../logs/logger.ts';
import { listPacks } from '../models/list-packs.ts';
import { createAnswerer, explainQuestion } from '../questions/answer-questions.ts';
import type { RunnerSettings } from '../settings/settings.ts';
import { announceSources } from '../sources/announce-sources.ts';
import { type KnownSources, readKnownSources } from '../sources/definition/known-sources.ts';
import { createSourceRegistry, type SourceRegistry } from '../sources/registry.ts';
import { sourceWarnings } from '../sources/source-warnings.ts';
import { createRunTask } from '../tasks/run-task.ts';
import { loadSigningKey } from '../versions/signing-key.ts';
import { CliError } from './cli-error.ts';
import { runnerToken } from './connect.ts';
import { modelsDir } from './models.ts';
import { openRunnersCatalog } from './open-catalog.ts';
import type { Terminal } from './terminal.ts';

const lookForTokenEveryMs = 500;
/** Models that are still computing are not worth waiting for: everything that counts is committed. */
const closeWithinMs = 500;

/** Puts the runner together and lets it work until a signal ends it. */
export async function startRunner(own: RunnerSettings, terminal: Terminal): Promise<void> {
  const { DATA_DIR: dataDir, CONTROL_PLANE_URL: baseUrl, SLOTS: slots } = own;
  const known = readKnownSources(join(dataDir, 'sources'));
  // The keys of the owner's own sources are secrets like any other.
  const settings = own.withSources(known.owners());
  const release = lock(dataDir);
  const sinks = [printLines(terminal.out)];
  const level = settings.LOG_LEVEL;
  const early = createLogger({ sinks, level, redact: createRedactor(settings.secrets) });
  const token = await awaitToken(settings, early, terminal.interrupted);
  // The token may have come from a file that the settings know nothing of.
  const redact = createRedactor([...settings.secrets, token]);
  const log = createLogger({ sinks, level, redact });
  handleCrashes({ dataDir, log, redact });
  const restarts = readRestarts(terminal.env, redact);
  const reportCrash = openCrashReport(dataDir, log, { restarts });
  const stopTracking = trackWork(dataDir, log);
  const session = createSession({
    api: createApi({ baseUrl, token }),
    log,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    onMismatch: (reason) => noteMismatch(dataDir, reason),
  });
  noteMismatch(dataDir, null);
  const { catalog, sources, runTask, warm, close } = await assemble(settings, known, session, log);
  for (const warning of sourceWarnings(known, settings.ofSource)) log.warn(warning);
  await warm();
  log.info(`Runner ${nameOf(settings)} takes tasks from ${baseUrl}`, {
    data_dir: dataDir,
    catalog: settings.CATALOG_URL ? originOf(settings.CATALOG_URL) : 'a file there',
    slots,
  });
  const minFreeMb = settings.MIN_FREE_MB;
  const room = watchRoom({ folder: dataDir, minFreeMb, freeBytes: freeBytesAt }, (message) =>
    log.warn(message),
  );
  const describe = async () => ({ ...(await describeRunner(settings, catalog, sources)), restarts });
  const answer = createAnswerer({
    explain: (question) => explainQuestion(question, { catalog, session }),
    session,
    log,
  });
  await serveUntilSignal({
    baseUrl,
    token,
    session,
    dataDir,
    slots,
    describe,
    runTask,
    shortage: room.shortage,
    answer,
    reportCrash,
    log,
    redact,
  });
  stopTracking();
  await Promise.race([close(), sleep(closeWithinMs)]);
  release();
  log.info('The runner has ended');
}

/** The rooms of the pipeline, on one catalog. */
async function assemble(settings: RunnerSettings, known: KnownSources, session: Call, log: Logger) {
  const { DATA_DIR: dataDir, DEVICE: device, INFERENCE_WORKERS: workers, BATCH_SIZE: batchSize } = settings;
  const catalog = await openRunnersCatalog(settings, (message) => log.warn(message));
  const sources = createSourceRegistry({
    settings: settings.ofSource,
    clock: systemClock,
    random: Math.random,
    known,
  });
  const opener = engineOpener({ modelsDir: modelsDir(settings), device, workers, batchSize });
  const engines = createEngines(rememberingPack(dataDir, opener));
  const runTask = createRunTask({
    catalog,
    sources,
    engines,
    session,
    stagingDir: join(dataDir, 'staging'),
    signingKey: await loadSigningKey(dataDir),
    now: () => new Date(),
  });
  async function close(): Promise<void> {
    await engines.close();
    catalog.close();
  }
  const warm = () => warmUp({ dataDir, modelsDir: modelsDir(settings), engines, log });
  return { catalog, sources, runTask, warm, close };
}

function lock(dataDir: string): () => void {
  try {
    return lockDataDir(dataDir);
  } catch (error) {
    if (error instanceof DataDirInUse) throw new CliError('failed', error.message, { cause: error });
    throw error;
  }
}

/** A control plane that is started at the same moment on this machine has yet to write its token. */
async function awaitToken(settings: RunnerSettings, log: Logger, signal: AbortSignal): Promise<string> {
  for (let looks = 0; ; looks += 1) {
    const token = runnerToken(settings);
    if (token) return token;
    if (looks === 4) {
      log.warn(
        `There is no RUNNER_TOKEN, and no control plane has left one in ${settings.DATA_DIR} yet: waiting for it. ` +
          'For a control plane elsewhere, make a token of scope runner there and set RUNNER_TOKEN.',
      );
    }
    await sleep(lookForTokenEveryMs, undefined, { signal });
  }
}

async function describeRunner(
  settings: RunnerSettings,
  catalog: Catalog,
  sources: SourceRegistry,
): Promise<Omit<Runner, 'slots' | 'free_slots'>> {
  const packs = await listPacks(modelsDir(settings));
  return {
    runner_id: runnerId(settings.DATA_DIR),
    name: nameOf(settings),
    version,
    catalog_id: catalog.id,
    device: `${settings.DEVICE}, ${availableParallelism()} cores`,
    packs: packs.map(({ id, title, present }) => ({
      id,
      title: title.slice(0, 100),
      ready: present,
      reason: present ? null : 'its files are fetched when it is first used',
    })),
    ...(await announceSources(sources, catalog.sources)),
  };
}

function nameOf({ RUNNER_NAME }: RunnerSettings): string {
  return (RUNNER_NAME ?? hostname()).slice(0, 100);
}

/** What the supervisor says in `SUPERVISED` about this runner's former ends; undefined when it was not started again. */
export function readRestarts(env: NodeJS.ProcessEnv, redact: Redact): Restarts | undefined {
  const restarts = parseRestarts(env.SUPERVISED);
  return restarts && { ...restarts, reason: redact(restarts.reason).slice(0, 500) };
}
