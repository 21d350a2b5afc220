import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalog } from '../catalog/catalog.ts';
import { connectCatalog } from '../catalog/connect-catalog.ts';
import { openCatalog } from '../catalog/open-catalog.ts';
import type { RunnerSettings } from '../settings/settings.ts';

type Place = Pick<RunnerSettings, 'CATALOG_URL' | 'CATALOG_AUTH_TOKEN' | 'DATA_DIR'>;

const fileIn = ({ DATA_DIR }: Place) => join(DATA_DIR, 'catalog.db');

/**
 * The runner's catalog, made when it is not there: on the libSQL server that the settings name, or in a file in `DATA_DIR`.
 * @param say is told what a person should know: a server that is away for a while, changes that are often overtaken
 */
export function openRunnersCatalog(place: Place, say: (message: string) => void): Promise<Catalog> {
  const deps = {
    now: () => new Date(),
    sleep: (ms: number) => sleep(ms),
    newId: randomUUID,
    random: Math.random,
    say,
  };
  const { CATALOG_URL: url, CATALOG_AUTH_TOKEN: authToken } = place;
  return url ? connectCatalog({ url, authToken }, deps) : openCatalog(fileIn(place), deps);
}

/** Whether there is one already, as far as that can be told without opening it. */
export function hasCatalog(place: Place): boolean {
  return place.CATALOG_URL !== undefined || existsSync(fileIn(place));
}
