import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfigInput, configSchema } from '@trainer/contract/config';
import type { Exclusion } from '@trainer/contract/exclusions';
import type { Lease } from '@trainer/contract/leases';
import type { Progress } from '@trainer/contract/progress';
import type { ReferenceMode, SourceId } from '@trainer/contract/sources';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import type { CatalogWriter } from '../../src/catalog/writer.ts';
import { commitPerformer } from '../../src/commit/commit-performer.ts';
import { createEngines } from '../../src/engines/engines.ts';
import { enrich } from '../../src/enrich/enrich.ts';
import type { ingest } from '../../src/ingest/ingest.ts';
import type { TaskResult } from '../../src/lease/task.ts';
import { createLogger, type LogEntry } from '../../src/logs/logger.ts';
import { packKey } from '../../src/models/pack.ts';
import { readKnownSources } from '../../src/sources/definition/known-sources.ts';
import { loadDefinitions } from '../../src/sources/definition/load-definitions.ts';
import { createSourceRegistry, type RegistryDeps } from '../../src/sources/registry.ts';
import { sampleRecord, uuid } from '../catalog/samples.ts';
import { eventClock } from '../event-clock.ts';
import { fakeLease } from '../fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine, picture } from '../fake-face-engine.ts';
import { joinWorlds, personOf, worldOfPerson } from '../sites/crowd.ts';
import type { Faults } from '../sites/faults.ts';
import { type Shape, usualShape } from '../sites/site-performer.ts';
import { startChrome } from '../sites/start-chrome.ts';
import { startFlareSolverr } from '../sites/start-flaresolverr.ts';
import { startSite } from '../sites/start-site.ts';

export interface CrowdOptions {
  /** Performers in the catalog. */
  people: number;
  sites: readonly SourceId[];
  /** Without it nobody is in the catalog at first. */
  isFilled?: boolean;
  /** Whether a site has a page of the performer with that number; everybody when left out. */
  isOn?: (number: number, site: SourceId) => boolean;
  /** Whether the catalog has the address of that page. */
  isLinked?: (number: number, site: SourceId) => boolean;
  shape?: Partial<Shape>;
  faults?: Partial<Record<SourceId, Faults>>;
  definitionsDir?: string;
  config?: ConfigInput;
}

export type Crowd = Awaited<ReturnType<typeof crowdOf>>;

export interface RunOptions {
  run?: number;
  mode?: ReferenceMode;
  stop?: AbortSignal;
  signal?: AbortSignal;
  changes?: Partial<Lease>;
}

/** Reference sites on loopback with many people, a catalog that knows them by one face each, and enrich tasks on both. */
export async function crowdOf(options: CrowdOptions) {
  const clock = eventClock();
  const people = Array.from({ length: options.people }, (_, i) => personOf(i + 1));
  const worlds = makeWorlds(options);
  const shown = new Map<string, string>();
  for (const perPerson of worlds.values()) {
    for (const [number, { images }] of perPerson) {
      for (const url of images) shown.set(url, people[number - 1]?.name ?? '');
    }
  }
  const sites = new Map<SourceId, Awaited<ReturnType<typeof startSite>> & { pages: Map<string, string> }>();
  for (const [id, perPerson] of worlds) sites.set(id, await openSite(id, [...perPerson.values()]));
  const [solver, chrome] = await Promise.all([startFlareSolverr(), startChrome()]);
  const folder = mkdtempSync(join(tmpdir(), 'trainer-enrich-'));
  const opened = await openCatalog(join(folder, 'catalog.db'), {
    now: () => new Date(clock.now()),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    newId: randomUUID,
    random: Math.random,
    say: () => {},
  });
  const catalog = { ...opened, ...opened.forOwner() };
  const engine = createFakeFaceEngine();
  if (options.isFilled ?? true) await fillCatalog(catalog, engine, people, worlds, options);
  const [reports, lines, exclusions]: [Progress[], LogEntry[], Exclusion[]] = [[], [], []];
  const log = createLogger({ sinks: [(entry) => void lines.push(entry)], redact: (text) => text });

  function openSite(id: SourceId, perPerson: ReturnType<typeof worldOfPerson>[]) {
    const definition = loadDefinitions(null).get(id)?.defined?.page;
    if (!definition) throw new Error(`there is no definition of ${id}`);
    const world = joinWorlds(perPerson);
    const show = (url: string) =>
      picture({ faces: [{ person: shown.get(url) ?? '' }], note: url.padEnd(2_000) });
    const faults = options.faults?.[id];
    return startSite({
      ...definition,
      world,
      picture: show,
      ...(faults ? { faults } : {}),
      now: clock.now,
    }).then((server) => ({ ...server, pages: world.pages }));
  }

  function registry(more: Partial<RegistryDeps> = {}) {
    const settings: Record<string, string> = { FLARESOLVERR_URL: solver.origin, CHROME_CDP_URL: chrome.url };
    return createSourceRegistry({
      settings: (name) => settings[name],
      clock,
      random: () => 0,
      origins: new Map([...sites.values()].flatMap(({ origins }) => [...origins])),
      known: readKnownSources(options.definitionsDir ?? null),
      ...more,
    });
  }

  /** As a process that knows nothing but the catalog; `work` is what its tasks do. */
  function begin(sources = registry(), work: typeof enrich | typeof ingest = enrich) {
    const deps = {
      sources,
      engines: createEngines(async () => engine),
      listExclusions: async () => exclusions,
      now: () => new Date(clock.now()),
    };
    return async (
      source: SourceId,
      { run = 1, mode = 'url', stop, signal, changes }: RunOptions = {},
    ): Promise<TaskResult> => {
      const never = new AbortController().signal;
      const lease = fakeLease(`${run}.${source}`, { run_id: run, kind: 'enrich', source });
      const task = {
        lease: {
          ...lease,
          params: { ...lease.params, reference_mode: mode },
          config: configSchema.parse(options.config ?? {}),
          ...changes,
        },
        stop: stop ?? never,
        signal: signal ?? never,
        report: (progress: Progress) => void reports.push(progress),
        log: log.from(source),
      };
      return work(task, source, { ...deps, catalog: await catalog.forTask(task.lease) });
    };
  }

  return {
    /** What another process needs to work on the same catalog and sites. */
    place: {
      catalogPath: join(folder, 'catalog.db'),
      origins: [...sites.values()].flatMap(({ origins }) => [...origins]),
      settings: { FLARESOLVERR_URL: solver.origin, CHROME_CDP_URL: chrome.url },
    },
    people,
    worlds,
    sites,
    solver,
    chrome,
    catalog,
    engine,
    clock,
    reports,
    lines,
    exclusions,
    registry,
    begin,
    async [Symbol.asyncDispose]() {
      await Promise.all([...sites.values(), solver, chrome].map((each) => each[Symbol.asyncDispose]()));
      catalog.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function makeWorlds({ people, sites, isOn = () => true, shape }: CrowdOptions) {
  const numbers = Array.from({ length: people }, (_, i) => i + 1);
  return new Map(
    sites.map((site) => [
      site,
      new Map(
        numbers
          .filter((number) => isOn(number, site))
          .map((number) => [number, worldOfPerson(site, personOf(number), { ...usualShape, ...shape })]),
      ),
    ]),
  );
}

/** Everybody has a record at StashDB with one face, and the addresses of their pages. */
async function fillCatalog(
  catalog: CatalogWriter,
  engine: ReturnType<typeof createFakeFaceEngine>,
  people: ReturnType<typeof personOf>[],
  worlds: ReturnType<typeof makeWorlds>,
  { isLinked = () => true, sites }: CrowdOptions,
): Promise<void> {
  const pack = packKey(engine.pack);
  const policy = {
    minImagePx: 0,
    minFacePx: 0,
    minConfidence: 0,
    maxYawDegrees: 90,
    singleFaceOnly: true,
    embed: true,
  };
  for (const [i, { name, birthYear, number }] of people.entries()) {
    const analysis = await engine.analyse(picture({ faces: [{ person: name }], note: 'portrait' }), policy);
    const linked = sites.filter((site) => isLinked(i + 1, site));
    await commitPerformer(catalog, {
      performer: sampleRecord({
        remoteId: uuid(number),
        name,
        aliases: [],
        birthDate: String(birthYear),
        careerStartYear: null,
        urls: linked.map(
          (site) =>
            worlds.get(site)?.get(i + 1)?.storedUrl ??
            worldOfPerson(site, personOf(i + 1), usualShape).storedUrl,
        ),
      }),
      images: [
        {
          source: 'stashdb',
          url: `https://stashdb.example/images/${number}`,
          pack,
          etag: null,
          lastModified: null,
          sha256: analysis.sha256,
          widthPx: analysis.width,
          heightPx: analysis.height,
          outcome: 'accepted',
          reason: null,
          faces: analysis.faces.map((face) => ({
            box: { x: 0, y: 0, width: 200, height: 200 },
            landmarks: face.landmarks.flat(),
            yaw: face.yawDegrees,
            quality: face.quality,
            confidence: face.confidence,
            accepted: true,
            reason: 'high_trust',
            distance: null,
            embeddings: Object.entries(face.embeddings).map(([model, vector]) => ({ model, vector })),
          })),
        },
      ],
    });
  }
}
