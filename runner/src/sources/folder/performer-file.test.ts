import { describe, expect, it } from 'vitest';
import { parsePerformerFile } from './performer-file.ts';
import { readText } from './read-folder.ts';

const parse = (content: string) => parsePerformerFile(content, 'performer.yaml');

describe('performer.yaml', () => {
  it.for([
    ['birth_date: 1991', { birth_date: '1991' }],
    ["birth_date: '1991'", { birth_date: '1991' }],
    ['birth_date: 1991-04', { birth_date: '1991-04' }],
    ['birth_date: 1991-04-23', { birth_date: '1991-04-23' }],
    ['gender: female', { gender: 'FEMALE' }],
    ['gender: Transgender female', { gender: 'TRANSGENDER_FEMALE' }],
    ['aliases: Countess', { aliases: ['Countess'] }],
    ['aliases:', { aliases: [] }],
    ['urls: https://www.iafd.com/x', { urls: ['https://www.iafd.com/x'] }],
    ['# nothing', { aliases: [], birth_date: null }],
  ] as const)('may be written as people write it: %s', ([content, read]) => {
    expect(parse(content)).toMatchObject(read);
  });

  it.for([
    ['birth_date: 23.4.1991', 'birth_date: expected YYYY, YYYY-MM or YYYY-MM-DD, such as 1991-04-23'],
    ['birth_date: 1991-13', 'birth_date: expected YYYY, YYYY-MM or YYYY-MM-DD, such as 1991-04-23'],
    ['birth_date: 91', 'birth_date: expected YYYY, YYYY-MM or YYYY-MM-DD, such as 1991-04-23'],
    ['birth_date: [1991]', 'birth_date: expected YYYY, YYYY-MM or YYYY-MM-DD, such as 1991-04-23'],
    ['gender: woman', 'gender: expected one of MALE, FEMALE, '],
    ['urls: iafd.com/x', 'urls.0: expected an address that begins with https://'],
  ] as const)('says what was expected: %s', ([content, sentence]) => {
    expect(() => parse(content)).toThrow(sentence);
  });
});

describe('a text file', () => {
  const text = 'name: Renée\n';
  const utf16le = Buffer.from(text, 'utf16le');
  it.for([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le])],
    ['UTF-16 without one', utf16le],
    ['UTF-16, big end first', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16le).swap16()])],
    ['UTF-16, big end first, without a mark', Buffer.from(utf16le).swap16()],
    ['Windows-1252', Buffer.from(text, 'latin1')],
  ] as const)('is read in %s', ([, bytes]) => {
    expect(readText(bytes)).toBe(text);
    expect(parse(readText(bytes)).name).toBe('Renée');
  });

  it('may be empty, or shorter than a mark', () => {
    expect(readText(Buffer.alloc(0))).toBe('');
    expect(readText(Buffer.from('a'))).toBe('a');
  });
});
