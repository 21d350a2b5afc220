import { z } from 'zod';

/** A count of things: whole and not negative. */
export const count = z.int().nonnegative();

/** ISO 8601 in UTC, as every time in the API. */
export const time = z.iso.datetime();

/** 64 lower-case hexadecimal digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');

/** Free text that a person reads: bounded, and without NUL, at which SQLite readers cut. */
export const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((value) => !value.includes('\0'), 'must not contain a NUL character');

/** A name that is safe as a file name and as a URL segment. */
export const safeName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'expected letters, digits, ".", "_" and "-", beginning with a letter or digit',
  );

/** An object with keys that the schema does not name, and `maxSize` of them at most. */
export function dictionary<K extends z.ZodType<string, string>, V extends z.ZodType>(
  key: K,
  value: V,
  maxSize: number,
) {
  return z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= maxSize, `expected ${maxSize} entries at most`)
    .meta({ maxProperties: maxSize });
}

/** Makes any text storable: whole characters, and no NUL. */
export function storable(value: string): string {
  return value.toWellFormed().replaceAll('\0', '\uFFFD');
}

/**
 * Text that a runner found somewhere, for people to read. It may hold anything; refusing it would refuse all that came
 * with it, so it is made storable and cut instead.
 */
export const scraped = (maxLength: number) =>
  z.string().overwrite((value) => {
    const whole = storable(value);
    return whole.length > maxLength ? `${storable(whole.slice(0, maxLength - 1))}…` : whole;
  });

/** The address of a page or picture, fit to be made a link of. */
export const webAddress = z
  .url({ protocol: /^https?$/, message: 'expected an http or https address' })
  .max(2_000);
