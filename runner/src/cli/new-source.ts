import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceIdSchema } from '@trainer/contract/sources';
import { Argument, type Command } from 'commander';
import { readRunnerSettings } from '../settings/settings.ts';
import { readKnownSources } from '../sources/definition/known-sources.ts';
import { type TemplateKind, templates } from '../sources/definition/templates.ts';
import { CliError } from './cli-error.ts';
import type { Terminal } from './terminal.ts';

export function addNewSource(sources: Command, terminal: Terminal): void {
  sources
    .command('new')
    .description('writes a definition of another source into DATA_DIR/sources, to be filled in')
    .addArgument(new Argument('<kind>', 'what it is').choices(Object.keys(templates)))
    .argument('<id>', 'its name: lower-case letters, digits and hyphens')
    .action((kind: TemplateKind, id: string) => terminal.out(`${writeTemplate(kind, id, terminal)}\n`));
}

/** @returns what to do next, as a sentence */
function writeTemplate(kind: TemplateKind, id: string, { env }: Terminal): string {
  const parsed = sourceIdSchema.safeParse(id);
  if (!parsed.success) throw new CliError('wrongInput', `"${id}": ${parsed.error.issues[0]?.message}.`);
  const folder = join(readRunnerSettings(env).DATA_DIR, 'sources');
  const there = readKnownSources(folder).loaded.get(id);
  if (there) {
    const what = there.origin === 'owner' ? `is defined in ${there.file}` : 'comes with the runner';
    throw new CliError('wrongInput', `The source "${id}" ${what}: choose another name.`);
  }
  const file = join(folder, `${id}.yaml`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, templates[kind](id), { flag: 'wx' });
  return `${file} is written. Fill it in, try it with "runner sources check ${id}", and start the runner again.`;
}
