import { join } from 'node:path';
import type { Command } from 'commander';
import { ensurePack } from '../models/ensure-pack.ts';
import { listPacks } from '../models/list-packs.ts';
import { loadPack, packIds } from '../models/load-pack.ts';
import { PackError } from '../models/pack-error.ts';
import type { PullProgress } from '../models/pull-pack.ts';
import { verifyPack } from '../models/verify-pack.ts';
import { type RunnerSettings, readRunnerSettings } from '../settings/settings.ts';
import { CliError } from './cli-error.ts';
import { megabytes, table } from './format.ts';
import { show, type Terminal } from './terminal.ts';

interface Options {
  json?: boolean;
}

/** Where the model packs lie. */
export function modelsDir({ MODELS_DIR, DATA_DIR }: RunnerSettings): string {
  return MODELS_DIR ?? join(DATA_DIR, 'models');
}

export function addModels(program: Command, terminal: Terminal): void {
  const models = program.command('models').description('the model packs: detector and embedders');
  const folder = () => modelsDir(readRunnerSettings(terminal.env));

  models
    .command('list', { isDefault: true })
    .description('every pack that this runner knows')
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const packs = await listPacks(folder());
      show(terminal, options, packs, () =>
        table(
          packs.map((pack) => [
            pack.id,
            pack.present ? 'here' : 'not here',
            megabytes(pack.totalBytes),
            `embedders ${pack.embedders.join(', ')}`,
            pack.title,
          ]),
        ),
      );
    });

  models
    .command('pull')
    .description('fetches what is missing of a pack, and checks it against the pinned hashes')
    .argument('<ids...>', `model packs: ${packIds().join(', ')}`)
    .option('--json', 'as JSON')
    .action(async (ids: string[], options: Options) => {
      for (const id of ids) {
        await ensurePack(id, folder(), {
          onProgress: announceFiles(terminal),
          signal: terminal.interrupted,
        }).catch(rethrowPackError);
      }
      show(
        terminal,
        options,
        { pulled: ids, folder: folder() },
        () => `${ids.join(', ')}: complete in ${folder()}`,
      );
    });

  models
    .command('verify')
    .description('checks every file of the packs that are here; fails when one is wrong or missing')
    .argument('[ids...]', 'model packs; all that are here without it')
    .option('--json', 'as JSON')
    .action(async (ids: string[], options: Options) => {
      const reports = await verify(ids, folder()).catch(rethrowPackError);
      show(terminal, options, reports, () =>
        reports.length === 0
          ? `No model pack is in ${folder()}. Fetch one with \`runner models pull <id>\`.`
          : table(reports.map(({ pack, state, path }) => [pack, state, path])),
      );
      const bad = reports.filter(({ state }) => state !== 'ok');
      if (bad.length > 0)
        throw new CliError('failed', `Not as they should be: ${bad.map(({ file }) => file).join(', ')}`);
    });
}

async function verify(ids: readonly string[], folder: string) {
  const here = (await listPacks(folder)).filter(({ present }) => present).map(({ id }) => id);
  const packs = ids.length > 0 ? ids : here;
  const reports = await Promise.all(
    packs.map(async (id) =>
      (await verifyPack(loadPack(id), folder)).map((report) => ({ pack: id, ...report })),
    ),
  );
  return reports.flat();
}

/** One line per file, however it is watched: packs have few. */
function announceFiles({ err }: Terminal): (progress: PullProgress) => void {
  let last = '';
  return ({ pack, item, totalBytes }) => {
    if (item === last) return;
    last = item;
    err(`${pack}: fetching ${item}${totalBytes === null ? '' : ` (${megabytes(totalBytes)})`}\n`);
  };
}

function rethrowPackError(error: unknown): never {
  if (error instanceof PackError && error.code === 'unknown_pack')
    throw new CliError('wrongInput', error.message);
  throw error;
}
