import type { z } from 'zod';

/**
 * One table of settings per program: the environment variable, its schema with the default, and one sentence. It
 * is parsed once at start; no other code reads the environment.
 */
export interface Setting<S extends z.ZodType = z.ZodType> {
  schema: S;
  description: string;
  /** Never shown; may also be given as a file, through the same name with `_FILE`. */
  secret?: boolean;
}

export type SettingsTable = Record<string, Setting>;
export type Settings<T extends SettingsTable> = { readonly [K in keyof T]: z.output<T[K]['schema']> };

/** Every mistake in the environment at once, each with its variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the table's variables from `env`. An empty variable counts as absent, because container templates cannot
 * leave one out. `readFile` is used for `<NAME>_FILE` of secrets.
 */
export function readSettings<T extends SettingsTable>(
  table: T,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Settings<T> {
  const mistakes: string[] = [];
  const values = Object.entries(table).map(([name, setting]) => {
    try {
      const parsed = setting.schema.safeParse(given(name, setting, env, readFile));
      if (parsed.success) return [name, parsed.data];
      const shown = setting.secret ? '' : ` (it is ${JSON.stringify(withoutCredentials(env[name] ?? ''))})`;
      mistakes.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}${shown}`);
    } catch (error) {
      mistakes.push(
        `${name}_FILE: cannot read ${env[`${name}_FILE`]}: ${error instanceof Error ? error.message : error}`,
      );
    }
    return [name, undefined];
  });
  if (mistakes.length > 0) {
    throw new SettingsError(`These settings are wrong:\n${mistakes.map((each) => `  ${each}`).join('\n')}`);
  }
  // The loop above has parsed every name of the table with that name's schema.
  return Object.freeze(Object.fromEntries(values)) as Settings<T>;
}

/** Addresses may hold a user and a password, or a token in their query, also where they are no whole address. */
function withoutCredentials(value: string): string {
  return value
    .replaceAll(/\/\/\S*@/g, '//[secret]@')
    .replaceAll(/([?&][^=&#\s]*(?:token|key|secret|password|auth)[^=&#\s]*=)[^&#\s]*/gi, '$1[secret]');
}

function given(
  name: string,
  setting: Setting,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): string | undefined {
  if (env[name]) return env[name];
  const file = setting.secret ? env[`${name}_FILE`] : undefined;
  return file ? readFile(file).trim() : undefined;
}
