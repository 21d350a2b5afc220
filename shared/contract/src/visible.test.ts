import { describe, expect, it } from 'vitest';
import { visible, visibleJson, visibleLines } from './visible.ts';

/** Everything that no output may hold: C0, DEL, C1, and what reorders or hides text. */
const dangerous = /[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\ufeff]/u;

describe('visible text', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['a title of the terminal', '\u001b]0;owned\u0007', '␛]0;owned␇'],
    ['the same in C1', '\u009d0;owned\u009c', '⟨U+009D⟩0;owned⟨U+009C⟩'],
    ['a line break', 'one\r\ntwo', 'one␍␊two'],
    ['a right-to-left override', 'photo\u202egpj.exe', 'photo⟨U+202E⟩gpj.exe'],
    ['an isolate', '\u2067name\u2069', '⟨U+2067⟩name⟨U+2069⟩'],
    ['a zero width space', 'a\u200bb', 'a⟨U+200B⟩b'],
    ['a hidden tag', 'a\u{e0041}', 'a⟨U+E0041⟩'],
    ['half a character', 'a\ud800', 'a\ufffd'],
  ])('shows %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each(['Renée Ó Séaghdha', '李小龍', 'مریم\u200cپور', '👩\u200d👧', 'محمد'])(
    'leaves %s as it is',
    (name) => {
      expect(visible(name)).toBe(name);
    },
  );

  it('holds nothing that a terminal obeys, whatever it was made of', () => {
    const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
    expect(visible(all)).not.toMatch(dangerous);
  });

  it('keeps the line breaks of several lines', () => {
    expect(visibleLines('one\u001b\ntwo\r')).toBe('one␛\ntwo␍');
  });

  it('is the same value as JSON', () => {
    const value = { name: '\u001b\u009b\u202e\u{e0041}x\n', list: [1, null] };
    const text = visibleJson(value, 2);
    expect(text.replaceAll('\n', '')).not.toMatch(dangerous);
    expect(JSON.parse(text)).toEqual(value);
  });
});
