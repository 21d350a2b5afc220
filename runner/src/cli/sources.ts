import { join } from 'node:path';
import { configOfSource, configSchemaFor } from '@trainer/contract/config';
import type { SourceId } from '@trainer/contract/sources';
import type { Command } from 'commander';
import { checkSource, type SourceCheck } from '../enrich/check-source.ts';
import { systemClock } from '../http/clock.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { readKnownSources } from '../sources/definition/known-sources.ts';
import { createSourceRegistry, type SourceRegistry } from '../sources/registry.ts';
import { CliError } from './cli-error.ts';
import { table } from './format.ts';
import { addNewSource } from './new-source.ts';
import { hasCatalog, openRunnersCatalog } from './open-catalog.ts';
import { show, type Terminal } from './terminal.ts';

interface CheckArguments {
  json?: boolean;
  url?: string;
  name?: string;
}

export function addSources(program: Command, terminal: Terminal): void {
  const sources = program.command('sources').description('where performers and images come from');

  sources
    .command('list', { isDefault: true })
    .description('every source, and whether this runner can use it')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const rows = await listSources(registryFor(terminal));
      show(terminal, options, rows, () =>
        table(rows.map(({ id, title, kind, state, definition }) => [id, kind, definition, title, state])),
      );
    });

  addNewSource(sources, terminal);

  sources
    .command('check')
    .description('tries sources as a run would; fails when one does not yield what it should')
    .argument('[id]', 'one source; all without it')
    .option('--url <address>', 'a performer’s page at the site to try it with, instead of one of the catalog')
    .option('--name <name>', 'the name of that performer')
    .option('--json', 'as JSON')
    .action(async (id: string | undefined, options: CheckArguments) => {
      const checks = await check(id, options, terminal);
      show(terminal, options, checks, () => checks.map(describeCheck).join('\n'));
      const bad = checks.filter(({ outcome }) => outcome === 'changed' || outcome === 'failed');
      if (bad.length > 0)
        throw new CliError('failed', `Not as they should be: ${bad.map((each) => each.id).join(', ')}`);
    });
}

function registryFor({ env }: Terminal): SourceRegistry {
  const settings = readRunnerSettings(env);
  const known = readKnownSources(join(settings.DATA_DIR, 'sources'));
  return createSourceRegistry({
    settings: settings.withSources(known.owners()).ofSource,
    clock: systemClock,
    random: Math.random,
    isInteractive: true,
    known,
  });
}

async function listSources(registry: SourceRegistry) {
  const found = await registry.availability();
  return found.map(({ id, available, reason, note = null }) => {
    const { title = id, kind = 'unknown' } = registry.known.find(id) ?? {};
    const { origin, shadows } = registry.known.loaded.get(id) ?? {};
    const definition = shadows ? 'owner’s, instead of the built-in one' : (origin ?? '');
    const state = reason ?? ['available', note].filter(Boolean).join(': ');
    return { id, title, kind, available, reason, note, definition, state };
  });
}

function readIds(id: string | undefined, { known }: SourceRegistry): readonly SourceId[] {
  const ids = known.ids();
  if (id === undefined) return ids;
  if (ids.includes(id)) return [id];
  throw new CliError('wrongInput', `There is no source "${id}". There are: ${ids.join(', ')}.`);
}

/** One after the other: a check is nothing to hurry. */
async function check(
  id: string | undefined,
  { url, name }: CheckArguments,
  terminal: Terminal,
): Promise<SourceCheck[]> {
  if ((url === undefined) !== (name === undefined) || (url !== undefined && id === undefined)) {
    throw new CliError('wrongInput', '--url and --name go together, and with the id of one source.');
  }
  const registry = registryFor(terminal);
  const ids = readIds(id, registry);
  const settings = readRunnerSettings(terminal.env);
  const say = (message: string) => terminal.err(`${message}\n`);
  const catalog = hasCatalog(settings) ? await openRunnersCatalog(settings, say) : null;
  // The owner's rates are the control plane's to know; those of the definitions are slow enough for a page or two.
  const config = configSchemaFor(registry.known.all()).parse({});
  const { user_agent: userAgent } = config;
  const nothing = { aliases: [], ids: [], gender: null, birthYear: null };
  const known = url !== undefined && name !== undefined ? { ...nothing, name, urls: [url] } : undefined;
  const checks: SourceCheck[] = [];
  try {
    for (const each of ids) {
      const signal = terminal.interrupted;
      const options = { catalog, registry, config: configOfSource(config, each), userAgent, known, signal };
      checks.push(await checkSource(each, options));
    }
  } finally {
    catalog?.close();
  }
  return checks;
}

function describeCheck({ id, outcome, reason, found, page, checks, problems }: SourceCheck): string {
  const rows = checks.map(({ page: kind, selector, expected, found, ok }) => [
    `  ${kind}`,
    selector,
    `${found} of at least ${expected}`,
    ok ? 'ok' : 'LOST',
  ]);
  const said = [id, outcome, ...[reason, found, page].filter((part) => part !== null)].join('  ');
  return [said, ...problems.map((problem) => `  ${problem}`), ...(rows.length > 0 ? [table(rows)] : [])].join(
    '\n',
  );
}
