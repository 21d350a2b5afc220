import { readFileSync } from 'node:fs';
import { readSettings, type Setting, type Settings } from '@trainer/contract/settings';
import { shippedSources } from '@trainer/contract/shipped-sources';
import type { SourceDefinition } from '@trainer/contract/sources';
import { z } from 'zod';

const optionalText = z.string().optional();
const httpUrl = z.url({ protocol: /^https?$/, message: 'expected an http or https address' });
const libsqlUrl = z.url({ protocol: /^(libsql|https?)$/, message: 'expected a libsql or http address' });
const wholeNumber = (least: number, most: number) =>
  z.coerce.number('expected a number').int('expected a whole number').min(least).max(most);

/** Everything that the environment can say to a runner, but for the variables of the sources. */
const ownSettings = {
  CONTROL_PLANE_URL: {
    schema: httpUrl.default('http://127.0.0.1:8080'),
    description: 'Where the control plane answers.',
  },
  RUNNER_TOKEN: {
    schema: optionalText,
    description: 'Token of scope runner; on the control plane’s own machine it is found without this.',
    secret: true,
  },
  CONTROL_PLANE_TOKEN: {
    schema: optionalText,
    description: 'Token for commands that look at runs or start them; without it RUNNER_TOKEN is used.',
    secret: true,
  },
  RUNNER_NAME: {
    schema: z.string().max(100).optional(),
    description: 'How the dashboard calls this runner; the host name by default.',
  },
  DATA_DIR: {
    schema: z.string().default('./data'),
    description: 'Folder of the catalog and of everything else that must survive; one runner at a time.',
  },
  CATALOG_URL: {
    schema: libsqlUrl.optional(),
    description:
      'A libSQL server to keep the catalog on instead of a file in DATA_DIR; several runners may share it.',
  },
  CATALOG_AUTH_TOKEN: {
    schema: optionalText,
    description: 'What that server wants to see.',
    secret: true,
  },
  MODELS_DIR: {
    schema: optionalText,
    description: 'Folder of the model packs; "models" under DATA_DIR by default.',
  },
  DEVICE: {
    schema: z.enum(['auto', 'cuda', 'cpu'], 'expected auto, cuda or cpu').default('auto'),
    description: 'What computes: cuda refuses to start without a working GPU, auto falls back to the CPU.',
  },
  INFERENCE_WORKERS: {
    schema: wholeNumber(1, 64).optional(),
    description:
      'Inference threads, each with its own copy of the models; one per core by default, two on a GPU.',
  },
  BATCH_SIZE: {
    schema: wholeNumber(1, 256).optional(),
    description: 'Faces embedded at once; 4 by default, 16 on a GPU.',
  },
  SLOTS: {
    schema: wholeNumber(1, 16).default(4),
    description: 'Tasks worked at once.',
  },
  MIN_FREE_MB: {
    schema: wholeNumber(0, 1_000_000).default(500),
    description:
      'What must stay free on the disk of DATA_DIR, MB: below it no work is begun and no upload taken; 0 for no limit.',
  },
  LOG_LEVEL: {
    schema: z.enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error').default('info'),
    description: 'The lowest level that is logged.',
  },
  FLARESOLVERR_URL: {
    schema: httpUrl.optional(),
    description: 'A FlareSolverr, for the reference sites that need one.',
  },
  CHROME_CDP_URL: {
    schema: z.url('expected an address').optional(),
    description: 'DevTools address of a Chrome, for the reference sites that need one.',
  },
} as const satisfies Record<string, Setting>;

/** The runner's table: its own settings, and the key and address of each source that the release ships. */
export const settings = { ...ownSettings, ...sourceSettings() };

/** Whether a variable is a setting of the runner itself, and not of a source. */
export function isOwnSetting(name: string): boolean {
  return Object.hasOwn(ownSettings, name);
}

type Row = [name: string, setting: Setting];

function sourceSettings(): Record<string, Setting> {
  return Object.fromEntries(shippedSources.flatMap(settingsOf));
}

/** The variables that a source is set up with. */
function settingsOf(source: SourceDefinition): Row[] {
  return [...keySetting(source), ...urlSetting(source)];
}

function keySetting({ key_variable: variable, title }: SourceDefinition): Row[] {
  if (variable === null) return [];
  return [[variable, { schema: optionalText, description: `API key for ${title}.`, secret: true }]];
}

function urlSetting({ url_variable: variable, title, address, kind }: SourceDefinition): Row[] {
  if (variable === null) return [];
  if (kind === 'folder') {
    const description = 'Folder with one folder of pictures per performer.';
    return [[variable, { schema: optionalText, description }]];
  }
  const description = address ? `Address of ${title} instead of ${address}.` : `Address of ${title}.`;
  return [[variable, { schema: httpUrl.optional(), description }]];
}

export type RunnerSettings = Settings<typeof ownSettings> & {
  /** Every secret of the table, for redaction. */
  readonly secrets: readonly string[];
  /** A variable of a source that the release ships, or of a program that sites are read through. */
  readonly ofSource: (variable: string) => string | undefined;
  /**
   * The variables of sources that an owner defined, which no table can list. `ofSource` and `secrets` of the answer know them too.
   *
   * @throws SettingsError with every mistake at once
   */
  readonly withSources: (sources: readonly SourceDefinition[]) => RunnerSettings;
};

/** @throws SettingsError with every mistake at once */
export function readRunnerSettings(
  env: NodeJS.ProcessEnv,
  ownersSources: readonly SourceDefinition[] = [],
): RunnerSettings {
  const table: typeof settings = { ...settings, ...Object.fromEntries(ownersSources.flatMap(settingsOf)) };
  const values = readSettings(table, env, (path) => readFileSync(path, 'utf8'));
  const texts = new Map(
    Object.entries<unknown>(values).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  const secretNames = Object.entries<Setting>(table).flatMap(([name, { secret }]) => (secret ? [name] : []));
  return Object.freeze({
    ...values,
    secrets: secretNames.flatMap((name) => texts.get(name) ?? []),
    ofSource: (variable: string) => texts.get(variable),
    withSources: (sources: readonly SourceDefinition[]) => readRunnerSettings(env, sources),
  });
}
