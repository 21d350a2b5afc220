import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceDefinition, SourceId } from '@trainer/contract/sources';
import { messageOf } from '../../logs/message-of.ts';
import { parseDefinition } from './parse-definition.ts';
import type { DefinedSource } from './source-file.ts';

/** A source's definition and where it is from. */
export interface LoadedDefinition {
  id: SourceId;
  origin: 'built-in' | 'owner';
  file: string;
  /** An owner's file that takes the place of one that came with the runner. */
  shadows: boolean;
  defined: DefinedSource | null;
  /** Why there is no definition: the source waits until its file is mended, and others are not affected. */
  mistake: string | null;
}

/** Where the release's own files lie. */
const builtInFolder = fileURLToPath(new URL('../definitions/', import.meta.url));

/** Every definition by id: the runner's own, and over them those of the owner's folder (`DATA_DIR/sources`). */
export function loadDefinitions(ownerFolder: string | null): ReadonlyMap<SourceId, LoadedDefinition> {
  const loaded = new Map<SourceId, LoadedDefinition>();
  for (const file of yamlFiles(builtInFolder)) {
    const one = load(file, 'built-in');
    loaded.set(one.id, one);
  }
  for (const file of ownerFolder === null ? [] : yamlFiles(ownerFolder)) {
    const one = load(file, 'owner');
    const builtIn = loaded.get(one.id);
    const refusal = one.defined && whyNotOwners(one.defined.source, builtIn?.defined?.source);
    const refused = refusal ? { defined: null, mistake: `${file}: ${refusal}` } : {};
    loaded.set(one.id, { ...one, shadows: builtIn !== undefined, ...refused });
  }
  return refuseSharedDomains(loaded);
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
    const defined = parseDefinition(readFileSync(file, 'utf8'), file, origin);
    const named = defined.source.id;
    if (named !== id) throw new DefinitionError(`${file} defines "${named}": call the file ${named}.yaml`);
    return { ...found, defined, mistake: null };
  } catch (error) {
    return { ...found, defined: null, mistake: messageOf(error) };
  }
}

/** What an owner's file may not say, or null. What the catalog holds was named by the kind and the domain of its source. */
function whyNotOwners(own: SourceDefinition, builtIn: SourceDefinition | undefined): string | null {
  if (builtIn && (own.kind !== builtIn.kind || own.protocol !== builtIn.protocol)) {
    return `"${own.id}" is a ${builtIn.kind} that speaks ${builtIn.protocol}: give another source an id of its own`;
  }
  if (builtIn && own.domain !== builtIn.domain) {
    return `the domain of "${own.id}" is ${builtIn.domain}, and its performers are named by it: give another stash-box an id of its own`;
  }
  const canBeAdded = own.protocol === 'stash-box' || own.protocol === 'page';
  if (builtIn || canBeAdded) return null;
  return 'only stash-boxes and reference sites can be added; change the one of this kind that there is instead';
}

/** A domain names the performers of one stash-box for good: an owner's file may not take another source's. */
function refuseSharedDomains(
  loaded: ReadonlyMap<SourceId, LoadedDefinition>,
): ReadonlyMap<SourceId, LoadedDefinition> {
  const takenBy = new Map<string, SourceId>();
  const inOrder = [...loaded.values()].sort((one, other) => one.origin.localeCompare(other.origin));
  for (const { id, defined } of inOrder) {
    const domain = defined?.source.domain;
    if (domain && !takenBy.has(domain)) takenBy.set(domain, id);
  }
  return new Map(
    [...loaded].map(([id, one]) => {
      const domain = one.defined?.source.domain ?? '';
      const owner = takenBy.get(domain);
      if (owner === undefined || owner === id) return [id, one];
      const mistake = `${one.file}: the domain ${domain} names the performers of "${owner}" already`;
      return [id, { ...one, defined: null, mistake }];
    }),
  );
}

/** A definition file that cannot be used; the message names the file, and every wrong field with its line. */
export class DefinitionError extends Error {
  override name = 'DefinitionError';
}
