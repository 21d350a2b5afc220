import { describe, expect, it } from 'vitest';
import { readNodeSettings } from './node/settings.ts';
import { readWorkerSettings } from './workers/settings.ts';

const token = 'sst_admin_0123456789';
const onNode = (env: Record<string, string>) => readNodeSettings(env);
const onWorkers = (env: Record<string, string>) =>
  readWorkerSettings({ LIBSQL_URL: 'https://db.example.org', ADMIN_TOKEN: token, ...env });

describe.each([
  ['Node', onNode],
  ['Workers', onWorkers],
] as const)('settings on %s', (_, read) => {
  it.each(['https://trainer.example.org', 'http://nas:8080/'])('take %s as PUBLIC_URL', (address) => {
    expect(read({ PUBLIC_URL: address }).PUBLIC_URL).toBe(address);
  });

  it.each([
    ['https://nas.example.org/trainer', 'without a path'],
    ['https://nas.example.org/trainer/', 'without a path'],
    ['https://nas.example.org/?a=b', 'without a path'],
    ['https://nas.example.org/#x', 'without a path'],
    ['https://me:secret@nas.example.org', 'without a path'],
    ['nas.example.org', 'expected an http or https address'],
  ])('refuse %s as PUBLIC_URL with a sentence', (address, sentence) => {
    expect(() => read({ PUBLIC_URL: address })).toThrow(new RegExp(`PUBLIC_URL: .*${sentence}`));
  });

  it.each(['a token with blanks in it', 'ein-Schlüssel-für-mich', 'a-token-with-a-line\nbreak'])(
    'refuse a token that no header can carry: %j',
    (given) => {
      expect(() => read({ ADMIN_TOKEN: given })).toThrow(/ADMIN_TOKEN: .*header/);
    },
  );
});
