/** `node e2e/settings/env-example.ts` writes `.env.example` anew from the settings tables. */
import { writeFileSync } from 'node:fs';
import type { Setting } from '@trainer/contract/settings';
import { shippedSources } from '@trainer/contract/shipped-sources';
import { defaultOf, tables } from './tables.ts';

const INTRODUCTION = `# Settings of stash-sense-trainer, with their defaults. Copy this file to .env and fill in what you need; an empty value
# counts as absent. A secret can also be given as a file: NAME_FILE=/run/secrets/name.
#
# Made from the settings tables by: node e2e/settings/env-example.ts
`;

const sourceVariables = new Set(
  shippedSources.flatMap((source) => [source.key_variable, source.url_variable]),
);

/** The whole text of `.env.example`. */
export function envExample(): string {
  const { controlPlane, runner, libsqlServer } = tables;
  const names = [...new Set(Object.values(tables).flatMap((table) => Object.keys(table)))];
  const groups: [title: string, isIn: (name: string) => boolean][] = [
    ['Both programs', (name) => name in controlPlane && name in runner],
    ['Control plane', (name) => name in controlPlane && !(name in runner)],
    ['Runner', (name) => name in runner && !(name in controlPlane) && !sourceVariables.has(name)],
    ['Sources: keys and addresses, read by the runner alone', (name) => sourceVariables.has(name)],
    [
      'libSQL server: npm run libsql-server',
      (name) => name in libsqlServer && !(name in controlPlane) && !(name in runner),
    ],
  ];
  const written = groups.map(([title, isIn]) => group(title, names.filter(isIn)));
  return [INTRODUCTION, ...written].join('\n');
}

function group(title: string, names: readonly string[]): string {
  return `# --- ${title} ---\n\n${names.map(entry).join('\n')}`;
}

function entry(name: string): string {
  const settings = Object.values(tables)
    .map((table) => table[name])
    .filter((one) => one !== undefined);
  const descriptions = new Set(settings.map(({ description }) => `# ${description}\n`));
  const [value] = settings.map(valueLine(name));
  return `${[...descriptions].join('')}${value}\n`;
}

/** A key waits to be filled in; everything else is commented out, so that a later default reaches everyone. */
function valueLine(name: string): (setting: Setting) => string {
  return (setting) => (setting.secret ? `${name}=` : `#${name}=${defaultOf(setting) ?? ''}`);
}

if (import.meta.main) {
  writeFileSync(new URL('../../.env.example', import.meta.url), envExample());
}
