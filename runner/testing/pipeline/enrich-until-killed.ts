import { setTimeout as elapsed } from 'node:timers/promises';
import { configSchema } from '@trainer/contract/config';
import { sourceIdSchema } from '@trainer/contract/sources';
import { z } from 'zod';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { createEngines } from '../../src/engines/engines.ts';
import { enrich } from '../../src/enrich/enrich.ts';
import { createLogger } from '../../src/logs/logger.ts';
import { readKnownSources } from '../../src/sources/definition/known-sources.ts';
import { createSourceRegistry } from '../../src/sources/registry.ts';
import { eventClock } from '../event-clock.ts';
import { fakeLease } from '../fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine } from '../fake-face-engine.ts';

// Enriches from all sites at once until somebody kills it. Its argument is JSON: where the catalog and the sites are.

const { catalogPath, origins, settings, sites } = z
  .object({
    catalogPath: z.string(),
    origins: z.array(z.tuple([z.string(), z.string()])),
    settings: z.record(z.string(), z.string()),
    sites: z.array(sourceIdSchema),
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
await Promise.allSettled(
  sites.map(async (source) => {
    const lease = { ...fakeLease(`1.${source}`, { kind: 'enrich', source }), config: configSchema.parse({}) };
    const task = { lease, stop: never, signal: never, report: () => {}, log };
    return enrich(task, source, { ...deps, catalog: await catalog.forTask(lease) });
  }),
);
