import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '@trainer/contract/settings';
import { shippedSources } from '@trainer/contract/shipped-sources';
import { describe, expect, it } from 'vitest';
import { readRunnerSettings, settings } from './settings.ts';

describe('the runner’s settings', () => {
  it('have a default for everything', () => {
    expect(readRunnerSettings({})).toMatchObject({
      CONTROL_PLANE_URL: 'http://127.0.0.1:8080',
      DATA_DIR: './data',
      DEVICE: 'auto',
      SLOTS: 4,
      secrets: [],
    });
  });

  it('hold a key and an address for every source of the registry that wants one', () => {
    const wanted = shippedSources.flatMap((source) => [source.key_variable, source.url_variable]);
    for (const name of wanted) if (name !== null) expect(settings).toHaveProperty(name);
    const given = readRunnerSettings({ STASHDB_API_KEY: 'a-key', FOLDER_DIR: '/photos' });
    expect([given.ofSource('STASHDB_API_KEY'), given.ofSource('FOLDER_DIR')]).toEqual(['a-key', '/photos']);
    expect(given.ofSource('FANSDB_API_KEY')).toBeUndefined();
  });

  it('read secrets from files, and name them all for redaction', () => {
    const dir = mkdtempSync(join(tmpdir(), 'settings-'));
    writeFileSync(join(dir, 'token'), 'from-a-file\n');
    const given = readRunnerSettings({ RUNNER_TOKEN_FILE: join(dir, 'token'), FANSDB_API_KEY: 'a-key' });
    expect(given.RUNNER_TOKEN).toBe('from-a-file');
    expect(given.secrets).toEqual(['from-a-file', 'a-key']);
    rmSync(dir, { recursive: true });
  });

  it('name every mistake at once', () => {
    const read = () => readRunnerSettings({ DEVICE: 'gpu', SLOTS: 'many', STASHDB_URL: 'not an address' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/DEVICE: expected auto, cuda or cpu \(it is "gpu"\)/);
    expect(read).toThrow(/SLOTS: expected a number/);
    expect(read).toThrow(/STASHDB_URL: expected an http or https address/);
  });

  it('take the catalog’s server by an address that a libSQL client takes', () => {
    const read = (CATALOG_URL: string) => readRunnerSettings({ CATALOG_URL }).CATALOG_URL;
    for (const url of ['libsql://a.turso.io', 'http://10.0.0.2:8081']) expect(read(url)).toBe(url);
    expect(() => read('file:catalog.db')).toThrow('CATALOG_URL: expected a libsql or http address');
  });
});
