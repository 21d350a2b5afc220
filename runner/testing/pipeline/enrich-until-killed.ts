import { setTimeout as elapsed } from 'node:timers/promises';
import { configSchema } from '@trainer/contract/config';
import { sourceIdSchema } from '@trainer/contract/sources';
import { z } from 'zod';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { createEngines } from '../../src/engines/engines.ts';
import { enrich } from '../../src/enrich/enrich.ts';
import { ingest } from '../../src/ingest/ingest.ts';
import type { TaskResult } from '../../src/lease/task.ts';
import { createLogger } from '../../src/logs/logger.ts';
import { readKnownSources } from '../../src/sources/definition/known-sources.ts';
import { createSourceRegistry } from '../../src/sources/registry.ts';
import { eventClock } from '../event-clock.ts';
import { fakeLease } from '../fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine } from '../fake-face-engine.ts';

// Enriches from all sites at once until somebody kills it, and ingests meanwhile where a stash-box is named. Its argument is JSON:
// where the catalog, the sites and the stash-box are.

const { catalogPath, origins, settings, sites, boxes } = z
  .object({
    catalogPath: z.string(),
    origins: z.array(z.tuple([z.string(), z.string()])),
    settings: z.record(z.string(), z.string()),
    sites: z.array(sourceIdSchema),
    boxes: z.array(sourceIdSchema).default([]),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

const clock = eventClock();
const now = () => new Date(clock.now());
const catalog = await openCatalog(catalogPath, {
  now,
  sleep: (ms) => elapsed(ms),
  newId: () => 'unused',
  random: Math.random,
  say: () => {},
});
const engine = createFakeFaceEngine();
const deps = {
  sources: createSourceRegistry({
    known: readKnownSources(null),
    settings: (name) => settings[name],
    clock,
    random: () => 0,
    origins: new Map(origins),
  }),
  engines: createEngines(async () => engine),
  listExclusions: async () => [],
  now,
};
const never = new AbortController().signal;
const log = createLogger({ sinks: [], redact: (text) => text });
let openIngests = boxes.length;

async function run(kind: 'ingest' | 'enrich', source: string): Promise<TaskResult> {
  const changes = { kind, source, ingest_open: openIngests > 0, config: configSchema.parse({}) };
  const lease = fakeLease(`1.${source}`, changes);
  const task = { lease, stop: never, signal: never, report: () => {}, log };
  const work = kind === 'ingest' ? ingest : enrich;
  return work(task, source, { ...deps, catalog: await catalog.forTask(lease) });
}

/** As the control plane does it: what waits for more performers is begun again. */
async function enrichToItsEnd(site: string): Promise<void> {
  while ((await run('enrich', site)).outcome === 'waiting') await elapsed(1);
}

await Promise.allSettled([
  ...boxes.map((box) => run('ingest', box).finally(() => (openIngests -= 1))),
  ...sites.map(enrichToItsEnd),
]);
catalog.close();
