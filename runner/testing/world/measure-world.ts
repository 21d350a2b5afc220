import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { libsqlClient } from '@trainer/libsql/client';
import { type Catalog, createCatalog } from '../../src/catalog/catalog.ts';
import { loadWorld } from './load-world.ts';
import { createRandom } from './random.ts';
import { describePartition, type Score, scoreCatalog } from './score-catalog.ts';
import type { TruePairs } from './true-pairs.ts';
import type { World, WorldEvent } from './world.ts';

export interface Measured extends Score {
  seconds: number;
  /** Greatest resident memory on top of what the world itself takes, MB. */
  peakMb: number;
  partition: string[];
}

/** Plays a world into a catalog file of its own, which is gone afterwards. */
export async function measureWorld(world: World, pairs: TruePairs, folder: string): Promise<Measured> {
  const path = join(folder, `world-${world.events.length}.db`);
  const catalog = await openQuickly(path);
  const memory = watchMemory();
  const start = performance.now();
  try {
    await loadWorld(world.events, catalog.forOwner(), memory.look);
    const seconds = (performance.now() - start) / 1000;
    const peakMb = memory.peakMb();
    const score = await scoreCatalog(catalog, world, pairs);
    return { ...score, seconds, peakMb, partition: await describePartition(catalog) };
  } finally {
    catalog.close();
    rmSync(path);
  }
}

/** The same records in another order; what happens to known ones stays at the end. */
export function inAnotherOrder(world: World, seed: number): World {
  const isRecord = (event: WorldEvent) => event.kind === 'record';
  const random = createRandom(seed);
  const [records, endings] = [
    world.events.filter(isRecord),
    world.events.filter((event) => !isRecord(event)),
  ];
  return { ...world, events: [...random.shuffle(records), ...random.shuffle(endings)] };
}

/** Without waiting for the disk, which is not what is measured. */
function openQuickly(path: string): Promise<Catalog> {
  const handle = new DatabaseSync(path);
  handle.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON');
  return createCatalog(libsqlClient(handle, sleep), {
    now: () => new Date(0),
    sleep,
    newId: () => 'world',
    random: Math.random,
    say: () => {},
  });
}

function watchMemory(): { look: () => void; peakMb: () => number } {
  const before = process.memoryUsage().rss;
  let peak = before;
  return {
    look: () => {
      peak = Math.max(peak, process.memoryUsage().rss);
    },
    peakMb: () => Math.round((peak - before) / 1e6),
  };
}
