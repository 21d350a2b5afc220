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
