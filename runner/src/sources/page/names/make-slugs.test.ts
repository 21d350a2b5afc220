import { describe, expect, it } from 'vitest';
import { makeSlugs } from './make-slugs.ts';

describe('slugs of a name', () => {
  it.for([
    ['Mia Test', ['Mia_Test']],
    ['Single', ['Single']],
    ['Zoë Łuk', ['Zoe_Luk', 'Zoë_Łuk']],
    ['波多野', []],
  ] as const)('with underscores: %s', ([name, slugs]) => {
    expect(makeSlugs(name, 'underscore')).toEqual(slugs);
  });

  it.for([
    ['Angela Test', ['angela-test']],
    ["Name O'Brien (Test)", ['name-obrien-test']],
    ['Zoë  Ærø', ['zoe-aero']],
    ['— Mia - Lee —', ['mia-lee']],
    ['波多野結衣', []],
    ['!!!', []],
  ] as const)('with hyphens: %s', ([name, slugs]) => {
    expect(makeSlugs(name, 'hyphen')).toEqual(slugs);
  });

  it('in both orders, where the family name comes first', () => {
    expect(makeSlugs('Yui Test', 'hyphen', true)).toEqual(['yui-test', 'test-yui']);
    expect(makeSlugs('Yui', 'hyphen', true)).toEqual(['yui']);
  });
});
