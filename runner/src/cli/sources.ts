import { join } from 'node:path';
import { configSchema } from '@trainer/shared/config';
import { isSourceId, type SourceId, sourceEntry, sourceIds } from '@trainer/shared/sources';
import type { Command } from 'commander';
import { systemClock } from '../http/clock.ts';
import { checkSource, type SourceCheck } from '../pipeline/check-source.ts';
import { readRunnerSettings } from '../settings.ts';
import { createSourceRegistry, type SourceRegistry } from '../sources/registry.ts';
import { CliError } from './cli-error.ts';
import { table } from './format.ts';
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

  sources
    .command('check')
    .description('tries sources as a run would; fails when one does not yield what it should')
    .argument('[id]', 'one source; all without it')
    .option('--url <address>', 'a performer’s page at the site to try it with, instead of one of the catalog')
    .option('--name <name>', 'the name of that performer')
    .option('--json', 'as JSON')
    .action(async (id: string | undefined, options: CheckArguments) => {
      const checks = await check(readIds(id), options, terminal);
      show(terminal, options, checks, () => checks.map(describeCheck).join('\n'));
      const bad = checks.filter(({ outcome }) => outcome === 'changed' || outcome === 'failed');
      if (bad.length > 0)
        throw new CliError('failed', `Not as they should be: ${bad.map((each) => each.id).join(', ')}`);
    });
}

function registryFor({ env }: Terminal): SourceRegistry {
  const { ofSource, DATA_DIR } = readRunnerSettings(env);
  const definitionsDir = join(DATA_DIR, 'sources');
  return createSourceRegistry({
    settings: ofSource,
    clock: systemClock,
    random: Math.random,
    isHurried: true,
    definitionsDir,
  });
}

async function listSources(registry: SourceRegistry) {
  const found = await registry.availability();
  return found.map(({ id, available, reason, note = null }) => {
    const { title, kind } = sourceEntry(id);
    const { origin, shadows } = registry.definition(id) ?? {};
    const definition = shadows ? 'owner’s, instead of the built-in one' : (origin ?? '');
    const state = reason ?? ['available', note].filter(Boolean).join(': ');
    return { id, title, kind, available, reason, note, definition, state };
  });
}

function readIds(id: string | undefined): readonly SourceId[] {
  if (id === undefined) return sourceIds;
  if (isSourceId(id)) return [id];
  throw new CliError('wrongInput', `There is no source "${id}". There are: ${sourceIds.join(', ')}.`);
}

/** One after the other: a check is nothing to hurry. */
async function check(
  ids: readonly SourceId[],
  { url, name }: CheckArguments,
  terminal: Terminal,
): Promise<SourceCheck[]> {
  if ((url === undefined) !== (name === undefined) || (url !== undefined && ids.length > 1)) {
    throw new CliError('wrongInput', '--url and --name go together, and with the id of one source.');
  }
  const settings = readRunnerSettings(terminal.env);
  const say = (message: string) => terminal.err(`${message}\n`);
  const catalog = hasCatalog(settings) ? await openRunnersCatalog(settings, say) : null;
  const registry = registryFor(terminal);
  // The owner's rates are the control plane's to know; the built-in ones are slow enough for a page or two.
  const { sources: configs, user_agent: userAgent } = configSchema.parse({});
  const nothing = { aliases: [], ids: [], gender: null, birthYear: null };
  const known = url !== undefined && name !== undefined ? { ...nothing, name, urls: [url] } : undefined;
  const checks: SourceCheck[] = [];
  try {
    for (const id of ids) {
      const signal = terminal.interrupted;
      checks.push(
        await checkSource(id, { catalog, registry, config: configs[id], userAgent, known, signal }),
      );
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
