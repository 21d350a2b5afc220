import { readSettings } from '@trainer/contract/settings';
import { describe, expect, it } from 'vitest';
import { envExample } from './env-example.ts';
import { defaultOf, noFile, readTopLevel, tables } from './tables.ts';

describe('.env.example', () => {
  it('is what the settings tables say now (else: node e2e/settings/env-example.ts)', () => {
    expect(readTopLevel('.env.example')).toBe(envExample());
  });

  it('names every setting of every program, with its description and its default', () => {
    const text = readTopLevel('.env.example');
    for (const [name, setting] of Object.values(tables).flatMap((table) => Object.entries(table))) {
      expect(text).toContain(`# ${setting.description}\n`);
      expect(text).toMatch(new RegExp(`^#?${name}=`, 'm'));
      const value = defaultOf(setting);
      if (value !== null) expect(text).toContain(`#${name}=${value}\n`);
    }
  });

  it('can be used as it is, by every program', () => {
    const env = Object.fromEntries(
      [...readTopLevel('.env.example').matchAll(/^#?([A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    for (const table of Object.values(tables)) expect(() => readSettings(table, env, noFile)).not.toThrow();
  });
});
