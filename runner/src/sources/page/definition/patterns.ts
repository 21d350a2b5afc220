import { load } from 'cheerio';
import { z } from 'zod';

/** Placeholders of templates and patterns: `{slug}`, `{number}`, … */
const PLACEHOLDER = /\{([a-z]+)\}/gi;

/** A regular expression; case does not matter, because sites are careless about it. */
export const pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source, 'iu');
  } catch (error) {
    context.addIssue(`is no regular expression: ${error instanceof Error ? error.message : error}`);
    return z.NEVER;
  }
});

/** A regular expression in which `{slug}` and the like stand for what is known of the page. */
export const patternWithPlaces = z.string().superRefine((source, context) => {
  const plain = pattern.safeParse(source.replace(PLACEHOLDER, 'x'));
  for (const { message } of plain.error?.issues ?? []) context.addIssue(message);
});

/** A CSS selector, as cheerio reads it: `:has()`, `:contains()` and `[attribute^="x" i]` included. */
export const selector = z
  .string()
  .min(1)
  .superRefine((source, context) => {
    try {
      load('<p></p>')(source);
    } catch (error) {
      context.addIssue(`is no CSS selector: ${error instanceof Error ? error.message : error}`);
    }
  });

/** A path of the site, perhaps with a query: `/babe/{slug}`. */
export const pathTemplate = z.string().regex(/^\//, 'must begin with a slash');

/** Names of the places in a template, in order. */
export function placesOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');
}

/**
 * Fills a path template. Values are percent-encoded, and as a form's in the query.
 *
 * @throws Error when a place has no value: the schema makes sure that addresses bring theirs
 */
export function fillPath(template: string, values: Record<string, string>): string {
  const [path = '', query] = template.split('?', 2);
  const filled = fill(path, values, encodeURIComponent);
  return query === undefined ? filled : `${filled}?${fill(query, values, encodeForm)}`;
}

/** The pattern with the values in place, each taken literally; null when one is not known. */
export function fillPattern(template: string, values: Record<string, string>): RegExp | null {
  if (placesOf(template).some((place) => !values[place])) return null;
  return new RegExp(fill(template, values, escapePattern), 'iu');
}

/** The template with the values as they are. */
export function fillPlain(template: string, values: Record<string, string>): string {
  return fill(template, values, (value) => value);
}

function fill(template: string, values: Record<string, string>, encode: (value: string) => string): string {
  return template.replace(PLACEHOLDER, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template ${template} has no value for {${name}}`);
    return encode(value);
  });
}

function encodeForm(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}

/** `RegExp.escape` would also escape leading letters into hex, which is right and unreadable in errors. */
function escapePattern(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/-/g, '\\x2d');
}
