import { z } from 'zod';
import type { OpenName } from './names.ts';

/**
 * Strict where people write, tolerant where programs and tables are read. Every schema of the contract is written once and
 * ignores fields that it does not name, so that a newer program may say more. What a person enters is held to
 * `findUnknownFields` besides, because a typing error must be named.
 */

/** An object whose unknown fields are kept, because it is stored and written back: a newer program's field survives an older one. */
export function kept<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  return z.object(shape).loose();
}

/** The schema of an `OpenName`. */
export function openName<const Known extends string>(
  known: readonly Known[],
): z.ZodType<OpenName<Known>, OpenName<Known>> {
  return z
    .string()
    .max(64)
    .meta({ examples: [...known] });
}

/**
 * Paths of the fields of `value` that `schema` does not name: `[['faces', 'colour']]`. What is wrong otherwise is not looked at.
 *
 * @param stored what `value` shall replace: a field that stands in it already was stored by a later release, and is no mistake
 */
export function findUnknownFields(schema: z.ZodType, value: unknown, stored?: unknown): string[][] {
  return [...unknownFields(schema, value, [])].filter((path) => valueAt(stored, path) === undefined);
}

function* unknownFields(schema: z.core.$ZodType, value: unknown, path: string[]): Generator<string[]> {
  // The union of all kinds, whose definitions tell themselves apart by their type.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      if (!isRecord(value)) return;
      for (const [name, inner] of Object.entries(value)) {
        const known = Object.hasOwn(def.shape, name) ? def.shape[name] : undefined;
        if (known) yield* unknownFields(known, inner, [...path, name]);
        else yield [...path, name];
      }
      return;
    case 'array':
      if (!Array.isArray(value)) return;
      for (const [at, inner] of value.entries()) {
        yield* unknownFields(def.element, inner, [...path, String(at)]);
      }
      return;
    case 'record':
      if (!isRecord(value)) return;
      for (const [name, inner] of Object.entries(value)) {
        yield* unknownFields(def.valueType, inner, [...path, name]);
      }
      return;
    case 'union':
      yield* ofBestOption(def.options, value, path);
      return;
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
    case 'catch':
      yield* unknownFields(def.innerType, value, path);
      return;
    case 'pipe':
      yield* unknownFields(def.in, value, path);
      return;
  }
}

/** Of several forms the one is meant that the value fits, or else whose fields it has most of. */
function* ofBestOption(
  options: readonly z.core.$ZodType[],
  value: unknown,
  path: string[],
): Generator<string[]> {
  const judged = options.map((option) => ({
    unknown: [...unknownFields(option, value, path)],
    fits: z.core.safeParse(option, value).success,
  }));
  judged.sort((a, b) => Number(b.fits) - Number(a.fits) || a.unknown.length - b.unknown.length);
  yield* judged[0]?.unknown ?? [];
}

/**
 * Reads what a program has stored, perhaps one of another release: a field whose value does not fit takes its default, as if it
 * had been left out. Null when not even that helps.
 *
 * @returns with the paths of what was left out, `sources.stashdb.trust_level`
 */
export function readStored<Schema extends z.ZodType>(
  schema: Schema,
  stored: unknown,
): { value: z.output<Schema>; unusable: string[] } | null {
  const parsed = schema.safeParse(stored);
  if (parsed.success) return { value: parsed.data, unusable: [] };
  const paths = parsed.error.issues.map(({ path }) => path);
  const usable: unknown = structuredClone(stored);
  for (const path of paths) {
    const around = valueAt(usable, path.slice(0, -1));
    const name = path.at(-1);
    if (isRecord(around) && name !== undefined) delete around[String(name)];
  }
  const again = schema.safeParse(usable);
  return again.success
    ? { value: again.data, unusable: paths.map((path) => path.map(String).join('.')) }
    : null;
}

/** What was read by a schema, and besides all the fields of `raw` that the schema has left out: for output that scripts read. */
export function withUnknown(read: unknown, raw: unknown): unknown {
  if (Array.isArray(read) && Array.isArray(raw)) return read.map((each, at) => withUnknown(each, raw[at]));
  if (!isRecord(read) || !isRecord(raw)) return read;
  const known = Object.entries(read).map(([name, inner]) => [name, withUnknown(inner, raw[name])]);
  return { ...raw, ...Object.fromEntries(known) };
}

/** The value at `path`; undefined where there is none. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[String(name)] : undefined),
    value,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
