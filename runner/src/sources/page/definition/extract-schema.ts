import { z } from 'zod';
import { pattern, patternWithPlaces, selector } from './patterns.ts';

/** One small step from what stands on a page to what is meant by it. A value may become several, or none. */
const transform = z.union([
  /** Takes the first group, or the whole match; a value that does not match is dropped. */
  z.strictObject({ capture: pattern }),
  /** Replaces every match; `$1` is the first group. */
  z.strictObject({ replace: pattern, with: z.string() }),
  /** Makes several values of one. */
  z.strictObject({ split: pattern }),
  /** Drops values that match. */
  z.strictObject({ drop: pattern }),
]);
export type Transform = z.infer<typeof transform>;

const transforms = z.array(transform).default([]);
const attribute = z.union([
  z
    .string()
    .min(1)
    .transform((one) => [one]),
  z.array(z.string().min(1)).min(1),
]);

/** Values of elements: an attribute (the first that is there) or, without one, the text, a `<br>` being a line's end. */
const elementValue = z.strictObject({ select: selector, attribute: attribute.optional(), transforms });
/** Values in a JSON-LD block of this type. */
const jsonLdValue = z.strictObject({ jsonLd: z.string().min(1), path: z.string(), transforms });
const place = z.union([elementValue, jsonLdValue]);

/** Places where a value may stand; the first that yields any is the one. */
export const extract = z.union([place.transform((one) => [one]), z.array(place).min(1)]);
export type Extract = z.infer<typeof extract>;
export type ExtractPlace = Extract[number];

/** Where values stand in JSON: keys with dots between; arrays are walked through. Empty: right here. */
export const jsonValue = z.strictObject({ path: z.string(), transforms });
export type JsonValue = z.infer<typeof jsonValue>;

/** `WxH` in one attribute, or each side in its own. */
const size = z.union([
  z.strictObject({ both: z.string() }),
  z.strictObject({ width: z.string(), height: z.string() }),
]);

/** Elements or a JSON-LD block that name pictures. */
const places = z.union([
  z.strictObject({ select: selector, attribute, size: size.optional() }),
  z.strictObject({ jsonLd: z.string().min(1), path: z.string(), url: z.string(), size: size.optional() }),
]);

/** A kind of picture on a page, from its place to the address that is worth fetching. */
export const imageRule = z.strictObject({
  name: z.string().regex(/^[a-z][a-z-]*$/, 'expected lower-case letters and hyphens'),
  /** Tried in this order; the first that yields a picture is the one. */
  from: z.array(places).min(1),
  transforms,
  /** Of the picture's path, before `full`: what must match, and what must not. */
  keep: patternWithPlaces.optional(),
  drop: patternWithPlaces.optional(),
  /** From the small picture to the large one; the small one is tried when the large one is missing. */
  full: z.array(z.strictObject({ replace: pattern, with: z.string() })).default([]),
  /** Shorter side of those that say their size, px. */
  minSidePx: z.int().nonnegative().default(0),
  max: z.int().positive().optional(),
});
export type ImageRule = z.infer<typeof imageRule>;
export type ImagePlaces = ImageRule['from'][number];
