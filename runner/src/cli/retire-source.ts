import { join } from 'node:path';
import type { Command } from 'commander';
import type { Catalog } from '../catalog/catalog.ts';
import { countHoldings, retireSource, type SourceHoldings } from '../commit/retire-source.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { readKnownSources } from '../sources/definition/known-sources.ts';
import { counted } from '../sources/folder/phrases.ts';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

interface RetireOptions {
  keepFaces?: boolean;
  removeFaces?: boolean;
  undo?: boolean;
  yes?: boolean;
}

/** @param withCatalog opens the runner's catalog for the command */
export function addRetireSource(
  catalogs: Command,
  terminal: Terminal,
  withCatalog: (use: (catalog: Catalog) => Promise<void>) => Promise<void>,
): void {
  catalogs
    .command('retire-source')
    .description('ends a source: says what that means, and does it with --yes')
    .argument('<id>', 'the source')
    .option('--keep-faces', 'what came from it stays in the catalog and in versions')
    .option('--remove-faces', 'what came from it goes for good')
    .option('--undo', 'lets it be used again; what was removed is not brought back')
    .option('--yes', 'do it')
    .action((id: string, options: RetireOptions) =>
      withCatalog((catalog) => retire(catalog, id, options, terminal)),
    );
}

async function retire(
  catalog: Catalog,
  id: string,
  options: RetireOptions,
  terminal: Terminal,
): Promise<void> {
  const { keepFaces = false, removeFaces = false, undo = false, yes = false } = options;
  if ([keepFaces, removeFaces, undo].filter(Boolean).length !== 1) {
    throw new CliError('wrongInput', 'Say one of --keep-faces, --remove-faces and --undo.');
  }
  const book = catalog.sources;
  const known = readKnownSources(join(readRunnerSettings(terminal.env).DATA_DIR, 'sources'));
  const source = known.find(id) ?? book.find(id);
  if (!source) {
    throw new CliError('wrongInput', `There is no source "${id}", neither defined here nor in the catalog.`);
  }
  const say = (sentence: string) => terminal.out(`${sentence}\n`);
  if (undo) {
    await book.retire(source, null);
    return say(`${source.title} may be used again. The next run reads it from its beginning.`);
  }
  say(describe(source.title, await countHoldings(catalog, id), removeFaces));
  if (known.loaded.has(id)) {
    say(`It is still defined here. --undo lets it be used again; until then its tasks are skipped.`);
  }
  if (!yes) return say('Nothing was changed. Say --yes to do it.');
  const { interrupted: signal } = terminal;
  await retireSource(catalog, { source, removesFaces: removeFaces, at: new Date(), signal });
  say('Done.');
}

function describe(title: string, holdings: SourceHoldings, removes: boolean): string {
  const { records, performers, images, faces } = holdings;
  const counts = `${counted(records, 'record')}, ${counted(images, 'picture')} and ${counted(faces, 'face')}`;
  if (!removes) return `${title} is not read any more. Its ${counts} stay in the catalog and in versions.`;
  const alone = performers > 0 ? `, and ${counted(performers, 'performer')} whom no other source knows` : '';
  return `${title} is not read any more. Its ${counts} go for good${alone}; versions that are published already stay as they are.`;
}
