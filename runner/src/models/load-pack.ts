import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type ModelPack, modelPack } from './pack.ts';
import { PackError } from './pack-error.ts';

const packsFolder = new URL('./packs/', import.meta.url);

/** Ids of the packs that come with the runner, sorted. */
export function packIds(): string[] {
  return readdirSync(packsFolder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * Reads one of the runner's own packs.
 *
 * @throws PackError `unknown_pack` when there is none with this id
 */
export function loadPack(id: string): ModelPack {
  const known = packIds();
  if (!known.includes(id)) {
    throw new PackError(
      'unknown_pack',
      `There is no model pack "${id}". Choose one of: ${known.join(', ')}.`,
    );
  }
  return parsePack(readFileSync(new URL(`${id}.yaml`, packsFolder), 'utf8'), `${id}.yaml`);
}

/**
 * Parses a pack description.
 *
 * @throws Error that names every wrong field of `name`
 */
export function parsePack(yaml: string, name: string): ModelPack {
  const parsed = modelPack.safeParse(parse(yaml));
  if (parsed.success) return parsed.data;
  throw new Error(`${name} is not a valid model pack:\n${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}
