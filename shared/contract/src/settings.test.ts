import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSettings, SettingsError } from './settings.ts';

const table = {
  PORT: {
    schema: z.coerce.number('expected a port number').int().max(65_535).default(8080),
    description: 'The port.',
  },
  TOKEN: { schema: z.string('is not set').min(8, 'is too short'), description: 'The token.', secret: true },
};
const noFile = () => {
  throw new Error('no such file');
};

describe('settings', () => {
  it('take the default for an absent and for an empty variable', () => {
    expect(readSettings(table, { PORT: '', TOKEN: 'long-enough' }, noFile)).toEqual({
      PORT: 8080,
      TOKEN: 'long-enough',
    });
  });

  it('read a secret from the file that NAME_FILE names', () => {
    expect(readSettings(table, { TOKEN_FILE: '/run/secrets/token' }, () => 'from-a-file\n').TOKEN).toBe(
      'from-a-file',
    );
  });

  it.each([
    ['https://owner:hunter2@trainer.example/', 'https://[secret]@trainer.example/'],
    ['https://owner:hun@ter2/x@trainer.example', 'https://[secret]@trainer.example'],
    ['libsql://db.example?authToken=hunter2&tls=0', 'libsql://db.example?authToken=[secret]&tls=0'],
    ['//hunter2@', '//[secret]@'],
  ])('show %s without what it keeps secret', (given, shown) => {
    const address = { URL: { schema: z.literal('never', 'is wrong'), description: 'An address.' } };
    const read = () => readSettings(address, { URL: given }, noFile);
    expect(read).toThrow(`URL: is wrong (it is ${JSON.stringify(shown)})`);
    expect(read).not.toThrow(/hunter2|ter2/);
  });

  it('show all mistakes at once, with the input of all but secrets', () => {
    const read = () => readSettings(table, { PORT: '99999', TOKEN: 'hunter2' }, noFile);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/PORT: .*it is "99999"/);
    expect(read).toThrow(/TOKEN: is too short$/m);
    expect(read).not.toThrow(/hunter2/);
  });
});
