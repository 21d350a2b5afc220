/** What has to be read of a longer file, bytes (RFC 9309, 2.5). */
const READ_AT_LEAST = 500 * 1024;

const LF = 0x0a;
const CR = 0x0d;

type Field = 'user-agent' | 'allow' | 'disallow' | 'crawl-delay';

/** Names of lines that have a meaning here, with the misspellings that Google reads as well. */
const fields = new Map<string, Field>([
  ['user-agent', 'user-agent'],
  ['user agent', 'user-agent'],
  ['useragent', 'user-agent'],
  ['allow', 'allow'],
  ['disallow', 'disallow'],
  ['dissallow', 'disallow'],
  ['dissalow', 'disallow'],
  ['disalow', 'disallow'],
  ['diasllow', 'disallow'],
  ['disallaw', 'disallow'],
  ['crawl-delay', 'crawl-delay'],
]);

export interface RobotsLine {
  field: Field;
  /** Without blanks around it; every character is one octet of the file. */
  value: string;
}

/**
 * The lines of a robots.txt that have a meaning, in their order. Others (`Sitemap`, `Content-Signal`, HTML, …) are passed
 * over. Of a file over 500 KiB the whole lines within that limit are read.
 */
export function readLines(body: Uint8Array): RobotsLine[] {
  // Octets and not characters, because addresses are compared by octets, and not every file is UTF-8.
  const text = Buffer.from(wholeLines(body))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  return text.split(/[\r\n]/).flatMap((line) => readLine(line) ?? []);
}

function wholeLines(body: Uint8Array): Uint8Array {
  if (body.byteLength <= READ_AT_LEAST) return body;
  let end = READ_AT_LEAST;
  while (end > 0 && body[end] !== LF && body[end] !== CR) end--;
  return body.subarray(0, end);
}

function readLine(line: string): RobotsLine | null {
  const [said = ''] = line.split('#', 1);
  const colon = said.indexOf(':');
  const [name, value] = colon < 0 ? splitAtBlank(said) : [said.slice(0, colon), said.slice(colon + 1)];
  const field = fields.get(stripBlanks(name).toLowerCase());
  return field ? { field, value: stripBlanks(value) } : null;
}

/** A line without its colon is read when there are two words, as Google does. */
function splitAtBlank(said: string): [string, string] {
  const words = said.split(/[ \t]+/).filter((word) => word !== '');
  const [name, value] = words;
  return words.length === 2 && name !== undefined && value !== undefined ? [name, value] : ['', ''];
}

/** `trim` would take the octet A0 away, which ends letters such as `à` in UTF-8. */
function stripBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\v' || character === '\f';
}
