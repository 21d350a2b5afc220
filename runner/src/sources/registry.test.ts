import { tmpdir } from 'node:os';
import { configSchema } from '@trainer/shared/config';
import { sourceIds } from '@trainer/shared/sources';
import { expect, it } from 'vitest';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { readRunnerSettings } from '../settings.ts';
import { createSourceRegistry } from './registry.ts';

function registryOf(variables: Record<string, string>) {
  return createSourceRegistry({
    settings: readRunnerSettings(variables).ofSource,
    clock: virtualClock(),
    random: () => 0,
  });
}

function reasons(variables: Record<string, string>): Record<string, string | null> {
  return Object.fromEntries(
    registryOf(variables)
      .availability()
      .map(({ id, reason }) => [id, reason]),
  );
}

it('says for every source whether it can be used here, and why not', () => {
  const found = reasons({ STASHDB_API_KEY: 'k', FOLDER_DIR: '/no/such/folder' });
  expect(Object.keys(found)).toEqual(sourceIds);
  expect(found).toMatchObject({
    stashdb: null,
    fansdb: 'FANSDB_API_KEY is not set',
    folder: 'FOLDER_DIR (/no/such/folder) is not there: is it mounted?',
    theporndb: 'THEPORNDB_API_KEY is not set',
    iafd: 'this runner has no adapter for it yet',
  });
});

it('takes a folder that is there', () => {
  expect(reasons({ FOLDER_DIR: tmpdir() }).folder).toBeNull();
  expect(reasons({}).folder).toBe('FOLDER_DIR is not set');
});

it('does not open what is not available', () => {
  const { sources, user_agent } = configSchema.parse({});
  expect(() => registryOf({}).open('stashdb', sources.stashdb, user_agent)).toThrow(
    'STASHDB_API_KEY is not set',
  );
});
