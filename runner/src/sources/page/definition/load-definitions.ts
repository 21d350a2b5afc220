import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../../logs/message-of.ts';
import type { SiteDefinition } from './definition.ts';
import { DefinitionError } from './definition-error.ts';
import { parseDefinition } from './parse-definition.ts';

/** A site's definition and where it is from. */
export interface LoadedDefinition {
  id: string;
  origin: 'built-in' | 'owner';
  file: string;
  /** An owner's file that takes the place of one that came with the runner. */
  shadows: boolean;
  definition: SiteDefinition | null;
  /** Why there is no definition: the site waits until its file is mended, and others are not affected. */
  mistake: string | null;
}

const builtInFolder = fileURLToPath(new URL('../definitions/', import.meta.url));

/** Every definition by id: the runner's own, and over them those of the owner's folder (`DATA_DIR/sources`). */
export function loadDefinitions(ownerFolder: string | null): ReadonlyMap<string, LoadedDefinition> {
  const loaded = new Map<string, LoadedDefinition>();
  for (const file of yamlFiles(builtInFolder)) {
    const one = load(file, 'built-in');
    loaded.set(one.id, one);
  }
  for (const file of ownerFolder === null ? [] : yamlFiles(ownerFolder)) {
    const one = load(file, 'owner');
    loaded.set(one.id, { ...one, shadows: loaded.get(one.id)?.origin === 'built-in' });
  }
  return loaded;
}

function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.sort().map((name) => join(folder, name));
}

function load(file: string, origin: LoadedDefinition['origin']): LoadedDefinition {
  const id = /([^/\\]+)\.ya?ml$/.exec(file)?.[1] ?? file;
  const found = { id, origin, file, shadows: false };
  try {
    const definition = parseDefinition(readFileSync(file, 'utf8'), file);
    if (definition.id !== id) {
      throw new DefinitionError(`${file} defines "${definition.id}": call the file ${definition.id}.yaml`);
    }
    return { ...found, definition, mistake: null };
  } catch (error) {
    return { ...found, definition: null, mistake: messageOf(error) };
  }
}
