import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasTestdata, needsTestdata, readTestdata } from '../../testing/faces/testdata.ts';
import { productToken, readRobots } from './robots.ts';

const pageCase = z.strictObject({
  test: z.string(),
  robots: z.string(),
  agent: z.string(),
  url: z.string(),
  allowed: z.boolean(),
});
const tokenCase = z.strictObject({ test: z.string(), valid: z.string(), allowed: z.boolean() });
type PageCase = z.infer<typeof pageCase>;

/** Google's test without an address means the host's first page. */
const FIRST_PAGE = 'http://foo.bar/';
/** A line is cut there by Google, characters. */
const GOOGLE_LINE_MAX = 16_664;

/** Why the answer that Google's own crawler gives is not ours; null where it is. docs/operating/sources.md says so too. */
function whyNotOurs({ test, agent, url }: PageCase): string | null {
  if (test === 'GoogleOnly_AcceptUserAgentUpToFirstSpace' && agent === 'Foo Bar') {
    return 'its caller hands in product tokens, ours a whole user agent, of which it takes the token';
  }
  if (/[^\x20-\x7e]/.test(url)) return 'its caller hands in escaped addresses, and an URL here always is one';
  if (test === 'ID_Encoding' && url.endsWith('/baz')) {
    return 'RFC 9309, 2.2.2, says in its own example that %62%61%7A is baz';
  }
  if (test === 'GoogleOnly_IndexHTMLisDirectory' && url.endsWith('slash/')) {
    return 'that index.html is its folder is a rule of Google alone, and would allow more than the file says';
  }
  if (test === 'GoogleOnly_LineTooLong' && url.endsWith('/fux') && url.length > GOOGLE_LINE_MAX) {
    return 'Google cuts long lines inside a rule, and here a rule is read whole or not at all';
  }
  return null;
}

const readCases = <T>(name: string, schema: z.ZodType<T>): T[] =>
  hasTestdata
    ? z.array(schema).parse(JSON.parse(Buffer.from(readTestdata(`robots/${name}`)).toString()))
    : [];

const isAllowed = ({ robots, agent, url }: PageCase) =>
  readRobots(Buffer.from(robots), agent).isAllowed(new URL(url || FIRST_PAGE));

const brief = ({ test, agent, url }: PageCase) => `${test} ${agent} ${url.slice(0, 60)}`;

describe.runIf(hasTestdata)(`the rules of a robots.txt, as others expect them${needsTestdata}`, () => {
  const google = readCases('google-cases.json', z.union([pageCase, tokenCase]));
  const pages = google.filter((one) => 'robots' in one);

  it('are those of the tests of google/robotstxt, but for seven that do not apply', () => {
    const others = pages.filter((one) => whyNotOurs(one) !== null);
    expect(google).toHaveLength(156);
    expect(others.map(brief)).toHaveLength(7);
    expect(
      pages.filter((one) => (isAllowed(one) === one.allowed) === others.includes(one)).map(brief),
    ).toEqual([]);
  });

  it('are for a name that google/robotstxt takes as one', () => {
    const tokens = google.filter((one) => 'valid' in one);
    expect(tokens.length).toBeGreaterThan(0);
    for (const { valid, allowed } of tokens)
      expect([valid, productToken(valid) === valid]).toEqual([valid, allowed]);
  });

  it('are those of RFC 9309', () => {
    const own = readCases('own-cases.json', pageCase);
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((one) => isAllowed(one) !== one.allowed).map(brief)).toEqual([]);
  });
});
