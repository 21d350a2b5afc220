import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { provideSecretKey } from './build-deps.ts';
import { readNodeSettings } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const provide = (env: Record<string, string> = {}) =>
  provideSecretKey(readNodeSettings({ DATA_DIR: join(folder, 'data'), ...env }));

describe('the secret key', () => {
  it('is made once and kept for its owner alone', () => {
    const key = provide();
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(provide()).toBe(key);
    expect(statSync(join(folder, 'data/secret-key')).mode & 0o777).toBe(0o600);
  });

  it('is the setting where there is one, also from a file, and then nothing is written', () => {
    const given = 'a key that the owner keeps elsewhere';
    writeFileSync(join(folder, 'key'), `${given}\n`);
    expect(provide({ SECRET_KEY: given })).toBe(given);
    expect(provide({ SECRET_KEY_FILE: join(folder, 'key') })).toBe(given);
    expect(() => readFileSync(join(folder, 'data/secret-key'))).toThrow(/ENOENT/);
  });

  it('is not replaced when its file was emptied: what it sealed would be lost unseen', () => {
    provide();
    writeFileSync(join(folder, 'data/secret-key'), '');
    expect(() => provide()).toThrow(/secret-key is empty: restore it from a backup, or delete it/);
  });
});
