import type { Exclusion } from '@trainer/contract/exclusions';
import type { Lease } from '@trainer/contract/leases';
import type { Progress } from '@trainer/contract/progress';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { createEngines } from '../../src/engines/engines.ts';
import { enrich } from '../../src/enrich/enrich.ts';
import { ingest } from '../../src/ingest/ingest.ts';
import type { TaskResult } from '../../src/lease/task.ts';
import { createLogger, type LogEntry } from '../../src/logs/logger.ts';
import { readKnownSources } from '../../src/sources/definition/known-sources.ts';
import { createSourceRegistry } from '../../src/sources/registry.ts';
import { type FreshCatalog, freshCatalogOpener } from '../catalog/fresh-catalog.ts';
import { freshFolder } from '../catalog/fresh-folder.ts';
import { testDeps } from '../catalog/samples.ts';
import { fakeLease } from '../fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine, type DescribedPicture, picture } from '../fake-face-engine.ts';
import { type PerformerInput, uuidOf } from '../stash-box/performer.ts';
import type { ServedImage } from '../stash-box/serve-image.ts';
import { type StashBox, startStashBox } from '../stash-box/start-stash-box.ts';
import { virtualClock } from '../virtual-clock.ts';

type Fault = ServedImage['fault'];
export type Shown = DescribedPicture & { fault?: Fault; listedPx?: number };

/** A portrait of someone; `note` makes it another picture of the same person. */
export const portrait = (person: string, note = '', more: Partial<Shown> = {}): Shown => ({
  faces: [{ person }],
  note,
  ...more,
});

/** A box with these people, each with the pictures that are described. */
async function boxOf(people: Record<string, (Shown | Uint8Array)[]>, about: Partial<PerformerInput>) {
  const images: ServedImage[] = [];
  const performers = Object.entries(people).map(([name, pictures]) => ({
    ...about,
    name,
    created: new Date('2020-01-01'),
    images: pictures.map((shown, i) => {
      const id = uuidOf(`${name} ${i}`);
      const isRaw = shown instanceof Uint8Array;
      const width = isRaw ? 600 : (shown.listedPx ?? shown.width ?? 600);
      // A height that falls keeps the order in which the box lists pictures.
      const size = { width, height: width * 1.5 - i / 1000 };
      images.push({
        id,
        ...size,
        content: isRaw ? shown : picture(shown),
        ...(isRaw ? {} : { fault: shown.fault }),
      });
      return id;
    }),
  }));
  for (const image of images)
    Object.assign(image, { width: Math.round(image.width), height: Math.round(image.height) });
  return startStashBox({ performers, images });
}

interface RunOptions {
  stop?: AbortSignal;
  signal?: AbortSignal;
  /** Of another runner. */
  catalog?: Catalog;
}

export interface World {
  box: StashBox;
  catalog: FreshCatalog;
  engine: ReturnType<typeof createFakeFaceEngine>;
  clock: ReturnType<typeof virtualClock>;
  reports: Progress[];
  lines: LogEntry[];
  /** What the control plane would answer. */
  exclusions: Exclusion[];
  /** Opens the catalog once more, as another runner does. */
  open(): Promise<Catalog>;
  /** From now on it is so much later for the runner. */
  later(ms: number): void;
  /** Runs the task as a process that knows nothing but the catalog. */
  run(changes?: Partial<Lease>, options?: RunOptions): Promise<TaskResult>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A box with these people, a catalog of its own, and tasks that are run on them.
 * @param about what the box says of every one of them
 * @param settings the owner's variables, beside those of the box
 */
export async function worldOf(
  people: Record<string, (Shown | Uint8Array)[]>,
  about: Partial<PerformerInput> = {},
  settings: Record<string, string> = {},
): Promise<World> {
  const box = await boxOf(people, about);
  let passedMs = 0;
  const now = () => new Date(Date.now() + passedMs);
  const open = await freshCatalogOpener(freshFolder(), { ...testDeps, now });
  const catalog = await open();
  const engine = createFakeFaceEngine();
  const clock = virtualClock(Date.now());
  const [reports, lines, exclusions]: [Progress[], LogEntry[], Exclusion[]] = [[], [], []];
  const log = createLogger({ sinks: [(entry) => void lines.push(entry)], redact: (text) => text });
  const variables: Record<string, string> = {
    STASHDB_API_KEY: box.apiKey,
    STASHDB_URL: box.url,
    FANSDB_API_KEY: box.apiKey,
    FANSDB_URL: box.url,
    ...settings,
  };
  return {
    box,
    catalog,
    engine,
    clock,
    reports,
    lines,
    exclusions,
    open,
    later(ms) {
      passedMs += ms;
    },
    async run(changes = {}, { stop, signal, catalog: own = catalog } = {}) {
      const sources = createSourceRegistry({
        settings: (name) => variables[name],
        clock,
        random: () => 0,
        known: readKnownSources(null),
      });
      const lease = fakeLease(`${changes.run_id ?? 1}.${changes.source ?? 'stashdb'}`, changes);
      const never = new AbortController().signal;
      const task = {
        lease,
        stop: stop ?? never,
        signal: signal ?? never,
        report: (p: Progress) => void reports.push(p),
        log,
      };
      const deps = {
        catalog: await own.forTask(lease),
        sources,
        engines: createEngines(async () => engine),
        listExclusions: async () => exclusions,
        now,
      };
      const work = lease.kind === 'enrich' ? enrich : ingest;
      return work(task, lease.source ?? 'stashdb', deps);
    },
    async [Symbol.asyncDispose]() {
      await box.close();
      catalog.close();
    },
  };
}
