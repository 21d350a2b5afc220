import { type Cheerio, type CheerioAPI, load, loadBuffer } from 'cheerio';
import type { PageAnswer } from '../../base/enrich-source.ts';
import { jsonValues, parseJson } from './json-values.ts';

/** An element of a page, or any other node. */
export type PageNode = ReturnType<Cheerio<never>['contents']>[number];

/** A page that was read: what selectors run against. */
export interface PageDocument {
  /** After redirects. */
  url: string;
  $: CheerioAPI;
  title: string;
  /** Blocks of JSON-LD of the type, wherever they are nested. */
  jsonLd(type: string): unknown[];
}

/** Parses HTML however broken it is; the encoding is that of the header, of the page, or UTF-8. */
export function readDocument({ body, url, headers }: PageAnswer): PageDocument {
  const $ = typeof body === 'string' ? load(body) : loadBuffer(Buffer.from(body), encodingOf(headers));
  return {
    url,
    $,
    title: $('title').first().text().trim(),
    jsonLd: (type) => jsonLdBlocks($).filter((block) => hasType(block, type)),
  };
}

/** The JSON of an answer; through a browser it arrives as a page with the JSON in a `<pre>`. */
export function readJson(answer: PageAnswer): unknown {
  const text = typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString('utf8');
  return parseJson(text) ?? parseJson(load(text)('pre').first().text());
}

/** The text as it is seen: a `<br>` and the end of a block end a line, and other white space is a space. */
export function textOf($: CheerioAPI, element: PageNode): string {
  if (element.type === 'script') return $(element).text();
  const copy = $(element).clone();
  copy.find('script, style, template').remove();
  copy
    .find('*')
    .contents()
    .add(copy.contents())
    .each((_, node) => {
      if (node.type === 'text') node.data = node.data.replace(/\s+/g, ' ');
    });
  copy.find('br').replaceWith('\n');
  copy.find('p, div, li, tr, h1, h2, h3, h4').append('\n');
  return copy.text();
}

function encodingOf(headers: PageAnswer['headers']): { encoding?: { transportLayerEncodingLabel: string } } {
  const label = /charset=["']?([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1];
  return label ? { encoding: { transportLayerEncodingLabel: label } } : {};
}

function jsonLdBlocks($: CheerioAPI): unknown[] {
  const scripts = $('script[type="application/ld+json"]').toArray();
  const blocks = scripts.flatMap((script) => jsonValues(parseJson($(script).text()), ''));
  return [...blocks, ...blocks.flatMap((block) => jsonValues(block, '@graph'))];
}

function hasType(block: unknown, type: string): boolean {
  return jsonValues(block, '@type').includes(type);
}
