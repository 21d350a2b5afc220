import { expect, it, vi } from 'vitest';
import { printLine } from './print-line.ts';

it('writes one line per event, and shows control characters of outside text instead of sending them', () => {
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  printLine('warn', 'A runner said \u001b[2J\u202e\r\nERROR forged', { name: '\u009b1A' });
  const lines = print.mock.calls.map(([line]) => String(line));
  print.mockRestore();
  expect(lines).toEqual([
    expect.stringMatching(/^\S+ warn {2}A runner said ␛\[2J⟨U\+202E⟩ ⏎ ERROR forged name="⟨U\+009B⟩1A"$/),
  ]);
});
