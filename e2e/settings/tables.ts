import { readFileSync } from 'node:fs';
import type { Setting } from '@trainer/contract/settings';
import { settings as libsqlServer } from '../../control-plane/src/edge/node/libsql-server-settings.ts';
import { settings as controlPlane } from '../../control-plane/src/edge/node/settings.ts';
import { settings as runner } from '../../runner/src/settings/settings.ts';

export type Table = Readonly<Record<string, Setting>>;

/** The settings table of each program that people configure. */
export const tables: { controlPlane: Table; runner: Table; libsqlServer: Table } = {
  controlPlane,
  runner,
  libsqlServer,
};

/** The default as it would be written into the environment; null when there is none. */
export function defaultOf({ schema }: Setting): string | null {
  const parsed = schema.safeParse(undefined);
  return parsed.success && parsed.data !== undefined && parsed.data !== null ? String(parsed.data) : null;
}

/** Not ours: read by the entrypoint, Node, the C library, the GPU driver or the GPU runtime. */
const FOREIGN = new Set([
  'PUID',
  'PGID',
  'UMASK',
  'NODE_ENV',
  'MALLOC_ARENA_MAX',
  'CUDA_CACHE_PATH',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES',
  'NVIDIA_TF32_OVERRIDE',
]);

/** Without the variables that others read. */
export function ours(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.has(name)));
}

/** The names that neither the table nor anybody else knows; `NAME_FILE` is known when NAME is a secret. */
export function unknownIn(names: readonly string[], table: Table): string[] {
  return names.filter(
    (name) => !FOREIGN.has(name) && !(name in table) && !table[name.replace(/_FILE$/, '')]?.secret,
  );
}

/** A file at the project's top. */
export function readTopLevel(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

/** For `readSettings`, where no secret comes from a file. */
export function noFile(path: string): string {
  throw new Error(`nothing should read ${path}`);
}
