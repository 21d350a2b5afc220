import { expect, it } from 'vitest';
import { createLogger, createRedactor, printLines } from './logger.ts';

it('prints one line per entry, without secrets in any of their forms', () => {
  const lines: string[] = [];
  const secret = 'p@ss word/1';
  const log = createLogger({
    sinks: [printLines((line) => lines.push(line))],
    redact: createRedactor([secret, undefined, 'abc']),
    now: () => new Date('2026-01-02T03:04:05.678Z'),
    level: 'info',
  });
  log.debug('not shown');
  log
    .from('stashdb')
    .warn(`asked ?key=${encodeURIComponent(secret)}\n  and ${secret}, not abc`, { page: 3, q: 'a b' });
  expect(lines).toEqual([
    '2026-01-02 03:04:05 warn  stashdb: asked ?key=[secret] | and [secret], not abc  page=3  q="a b"\n',
  ]);
});

it('shows control characters of outside text instead of sending them to the terminal', () => {
  const lines: string[] = [];
  const log = createLogger({
    sinks: [printLines((line) => lines.push(line))],
    redact: (text) => text,
    now: () => new Date('2026-01-02T03:04:05.678Z'),
  });
  log.error('the site said \u001b]0;owned\u0007\r\u009b2J', { name: 'a\u202eb', '\u001bkey': 1 });
  expect(lines).toEqual([
    '2026-01-02 03:04:05 error the site said ␛]0;owned␇␍⟨U+009B⟩2J  name=a⟨U+202E⟩b  ␛key=1\n',
  ]);
});
