import type { Config, ConfigInput } from '@trainer/shared/config';

export type FieldValue = string | number | boolean | null;
/** A configuration as one value per path: `sources.stashdb.rate_limit` → `240`. */
export type FlatConfig = Readonly<Record<string, FieldValue>>;

/** Flattens a configuration; a revision number beside it is not part of it. */
export function flatten(config: Config & { revision?: number }): FlatConfig {
  const { revision: _, ...rest } = config;
  return Object.fromEntries(leaves(rest, ''));
}

function leaves(value: object, at: string): [string, FieldValue][] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    const path = at ? `${at}.${key}` : key;
    if (typeof each === 'object' && each !== null) return leaves(each, path);
    return isFieldValue(each) ? [[path, each] satisfies [string, FieldValue]] : [];
  });
}

function isFieldValue(value: unknown): value is FieldValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

interface Tree {
  [key: string]: FieldValue | Tree;
}

/** The document that is sent: only what differs from the defaults, so that a new default reaches everyone else. */
export function documentOf(flat: FlatConfig, defaults: FlatConfig): ConfigInput {
  const root: Tree = {};
  for (const path of changedPaths(defaults, flat)) {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    const parent = keys.reduce(branch, root);
    parent[last] = flat[path] ?? null;
  }
  // What a person typed may be wrong; the control plane checks it and names the field.
  return root as ConfigInput;
}

function branch(tree: Tree, key: string): Tree {
  const existing = tree[key];
  if (typeof existing === 'object' && existing !== null) return existing;
  const made: Tree = {};
  tree[key] = made;
  return made;
}

/** Paths whose value differs, in the order of `after`. */
export function changedPaths(before: FlatConfig, after: FlatConfig): string[] {
  return Object.keys(after).filter((path) => before[path] !== after[path]);
}

/** A value as it is shown in comparisons. */
export function valueWords(value: FieldValue | undefined): string {
  if (value === undefined) return '–';
  if (value === null) return 'any';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return value === '' ? '(empty)' : String(value);
}
