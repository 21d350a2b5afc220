import { describe, expect, it } from 'vitest';
import { type KnownPerformer, type PageIdentity, whyNotSame } from './same-performer.ts';

const known: KnownPerformer = {
  name: 'Mira Solano',
  aliases: ['Mia', 'Mia Sol'],
  urls: [],
  gender: 'FEMALE',
  birthYear: 1994,
};
const page: PageIdentity = { name: 'Mira Solano', aliases: [], gender: null, birthYear: null };

function verdict(mode: 'url' | 'name', identity: Partial<PageIdentity>, other: Partial<KnownPerformer> = {}) {
  return whyNotSame({ ...known, ...other }, { ...page, ...identity }, mode);
}

describe('whether a page is about the performer', () => {
  it.for(['MIRA SOLANO', 'Mira-Solano', 'Míra Solano', 'Solano Mira'])('takes %s for the name', (name) => {
    expect(verdict('name', { name })).toBeNull();
  });

  it('takes an alias of several words for enough, and one word only after a stored address', () => {
    expect(verdict('name', { name: 'Mia Sol' })).toBeNull();
    expect(verdict('name', { name: 'Mia' })).toBe(
      'the page is about "Mia", which is no name of "Mira Solano"',
    );
    expect(verdict('url', { name: 'Mia' })).toBeNull();
    expect(verdict('name', { name: 'M. S.', aliases: ['mira solano'] })).toBeNull();
  });

  it('does not take a similar name', () => {
    expect(verdict('url', { name: 'Mira Solanova' })).toMatch(/no name of/);
  });

  it('does not take somebody of another sex, or of another age', () => {
    expect(verdict('url', { gender: 'MALE' })).toBe('the page says MALE, not FEMALE');
    expect(verdict('url', { gender: 'TRANSGENDER_FEMALE' })).toBeNull();
    expect(verdict('url', { birthYear: 1995 })).toBeNull();
    expect(verdict('url', { birthYear: 1996 })).toBe('the page says born in 1996, not 1994');
    expect(verdict('url', { birthYear: 1996 }, { birthYear: null })).toBeNull();
  });
});
