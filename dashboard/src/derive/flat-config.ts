import type { Config, ConfigInput } from '@trainer/contract/config';

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
    if (isList(each)) return [[path, LIST + JSON.stringify(each)] satisfies [string, FieldValue]];
    if (typeof each === 'object' && each !== null) return leaves(each, path);
    return isFieldValue(each) ? [[path, each] satisfies [string, FieldValue]] : [];
  });
}

/**
 * No field of this release holds a list, or a group without fields. Those of a later one are no field of the form, and travel
 * through it as text that begins with this, so that saving does not lose them.
 */
const LIST = '\0json:';

function isList(value: unknown): boolean {
  return (
    Array.isArray(value) || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  );
}

/** The value as it stands in the document. */
function unpacked(value: FieldValue): unknown {
  return typeof value === 'string' && value.startsWith(LIST) ? JSON.parse(value.slice(LIST.length)) : value;
}

function isFieldValue(value: unknown): value is FieldValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

interface Tree {
  [key: string]: unknown;
}

/** The document that is sent: only what differs from the defaults, so that a new default reaches everyone else. */
export function documentOf(flat: FlatConfig, defaults: FlatConfig): ConfigInput {
  const root: Tree = {};
  for (const path of changedPaths(defaults, flat)) {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    const parent = keys.reduce(branch, root);
    parent[last] = unpacked(flat[path] ?? null);
  }
  // What a person typed may be wrong; the control plane checks it and names the field.
  return root as ConfigInput;
}

function branch(tree: Tree, key: string): Tree {
  const existing = tree[key];
  if (isTree(existing)) return existing;
  const made: Tree = {};
  tree[key] = made;
  return made;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Paths whose value differs, in the order of `after`. */
export function changedPaths(before: FlatConfig, after: FlatConfig): string[] {
  return Object.keys(after).filter((path) => before[path] !== after[path]);
}

/** A value as it is shown in comparisons. */
export function valueText(value: FieldValue | undefined): string {
  if (value === undefined) return '–';
  if (value === null) return 'any';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return value === '' ? '(empty)' : String(value).replace(LIST, '');
}
