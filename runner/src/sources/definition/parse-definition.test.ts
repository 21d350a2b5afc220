import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDefinition } from './parse-definition.ts';

const good = readFileSync(new URL('../definitions/pornpics.yaml', import.meta.url), 'utf8');

function mistakeIn(from: string | RegExp, to: string): string {
  const changed = good.replace(from, to);
  expect(changed).not.toBe(good);
  try {
    parseDefinition(changed, 'pornpics.yaml', 'owner');
    return 'none';
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

describe('a definition', () => {
  it.for([
    ['is no YAML', 'id: pornpics', 'id: [pornpics', /line 2, YAML: /],
    ['lacks a field', /^name:\n.*\n.*\n/m, '', /, name: Invalid input/],
    ['has a field too many', 'imageHosts:', 'cookies: yes\nimageHosts:', /line 8, cookies: Unrecognized key/],
    [
      'has a wrong field deep inside',
      'max: 1\n',
      'max: none\n',
      /line \d+, images\[0\]\.max: Invalid input: expected number/,
    ],
    [
      'has a broken selector',
      "'.pornstar-card img'",
      "'.pornstar-card >>> ['",
      /images\[0\]\.from\[0\]\.select: is no CSS selector/,
    ],
    [
      'has a broken pattern',
      'keep: ^/models/',
      "keep: '^/models/('",
      /line \d+, images\[0\]\.keep: is no regular expression/,
    ],
    [
      'uses a place that its address lacks',
      "key: '{slug}'",
      "key: '{number}'",
      /addresses\[0\]: uses \{number\}, but match has no group/,
    ],
    ['names a transport that there is not', 'use: direct', 'use: proxy', /line 9, transport\.use: /],
    [
      'falls back on itself',
      'use: direct',
      'use: chrome, fallback: chrome',
      /transport\.fallback: is what is used anyway/,
    ],
    [
      'takes pictures from a page that it does not name',
      'galleries:\n',
      'galleriesOn: photos\ngalleries:\n',
      /galleriesOn: is "photos", which pages does not name/,
    ],
  ] as const)('that %s is refused by line and field', ([, from, to, message]) => {
    const mistake = mistakeIn(from, to);
    expect(mistake).toMatch(/^DefinitionError: pornpics\.yaml is not a valid definition:\n/);
    expect(mistake).toMatch(message);
  });

  it('tells every mistake at once', () => {
    expect(mistakeIn(/use: direct|max: 1\n/g, 'oops: 1\n').split('\n').length).toBeGreaterThan(2);
  });
});
