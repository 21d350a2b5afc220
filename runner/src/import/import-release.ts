import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { listImages } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { KnownRecord, PerformerRecord } from '../catalog/performer-record.ts';
import { readCursor, type SourceCursor, setCursor } from '../catalog/task-state.ts';
import { type CatalogWriter, write } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import type { FaceJudge } from '../exclusions/excluded-faces.ts';
import type { ExclusionFilter, RefusalReason } from '../exclusions/exclusion-filter.ts';
import { type ModelPack, packKey } from '../models/pack.ts';
import { keepLinks } from '../reconcile/imported-links.ts';
import { indexEmbedders } from '../versions/compose-manifest.ts';
import { continueFrom } from './continue-from.ts';
import { type DropReason, imagesOf, recordsOf, type VectoredFace } from './convert-performer.ts';
import type { Release, ReleasePerformer } from './release.ts';
import { requireSameModels } from './require-same-models.ts';

export interface ImportDeps {
  catalog: CatalogWriter;
  /** Decides who must not come in. */
  exclusionFilter: ExclusionFilter;
  /** The pack that made the release's vectors. */
  pack: ModelPack;
  signal: AbortSignal;
  /** Called after each performer. */
  onProgress: (counts: Counts) => void;
}

const countsSchema = z.object({
  /** Performers of the release that were looked at. */
  looked: z.int(),
  /** Performers with at least one record that was stored or was there already. */
  performers: z.int(),
  faces: z.int(),
  /** Records and images that the catalog had already. */
  known: z.object({ performers: z.int(), images: z.int() }),
  dropped: z.object({
    performers: z.record(z.string(), z.int()),
    faces: z.record(z.string(), z.int()),
  }),
});
export type Counts = z.infer<typeof countsSchema>;

/** What came of all imports of the release so far. */
export interface ImportReport extends Counts {
  /** It had been imported before, and nothing was changed now. */
  wasFinished: boolean;
}

const checkpointSchema = z.object({
  /** The performer of the release that was dealt with last. */
  after: z.int(),
  isFinished: z.boolean(),
  report: countsSchema,
});
type Checkpoint = z.infer<typeof checkpointSchema>;

const start = (): Checkpoint => ({
  after: 0,
  isFinished: false,
  report: {
    looked: 0,
    performers: 0,
    faces: 0,
    known: { performers: 0, images: 0 },
    dropped: { performers: {}, faces: {} },
  },
});

/**
 * Brings a release into the catalog: performers, names, links, ids and faces with their vectors and labels. What the catalog has
 * already stays as it is. Each performer is one or a few transactions that carry the checkpoint, so that an import that was cut off
 * goes on where it stopped, and a second one changes nothing.
 *
 * @throws ImportError `other_models` before anything is stored, or the reason of `signal`
 */
export async function importRelease(release: Release, deps: ImportDeps): Promise<ImportReport> {
  requireSameModels(release, deps.pack);
  const importer = new Importer(release, deps, await readCheckpoint(release, deps.catalog));
  return importer.run();
}

/** The name under which the catalog keeps how far the import of a release has come. */
function checkpointKey({ manifest }: Release): string {
  return `import:${manifest.digest}`;
}

async function readCheckpoint(release: Release, catalog: CatalogWriter): Promise<Checkpoint> {
  const stored = checkpointSchema.safeParse(await readCursor(catalog, checkpointKey(release)));
  return stored.success ? stored.data : start();
}

class Importer {
  readonly #release: Release;
  readonly #deps: ImportDeps;
  readonly #checkpoint: Checkpoint;
  readonly #packKey: string;
  readonly #models: string[];
  readonly #isExcludedFace: FaceJudge;

  constructor(release: Release, deps: ImportDeps, checkpoint: Checkpoint) {
    this.#release = release;
    this.#deps = deps;
    this.#checkpoint = checkpoint;
    this.#packKey = packKey(deps.pack);
    const { facenet, arcface } = indexEmbedders(deps.pack);
    this.#models = release.format === 'stash-sense' ? [facenet.id, arcface.id] : [facenet.id];
    this.#isExcludedFace = deps.exclusionFilter.faceJudge(this.#packKey, deps.pack.matching);
  }

  async run(): Promise<ImportReport> {
    const { signal, catalog, onProgress } = this.#deps;
    const { report } = this.#checkpoint;
    if (this.#checkpoint.isFinished) return { ...report, wasFinished: true };
    const reserve = this.#checkpoint.after === 0 && (await hasLabels(catalog, this.#packKey));
    if (reserve) await write(catalog, reserveLabels(this.#packKey, this.#release.labels + 1));
    for (const page of this.#release.performers(this.#checkpoint.after)) {
      for (const performer of page) {
        signal.throwIfAborted();
        report.looked += 1;
        this.#checkpoint.after = performer.id;
        await this.#importPerformer(performer);
        onProgress(report);
      }
    }
    this.#checkpoint.isFinished = true;
    const at = catalog.now().toISOString();
    await write(catalog, [
      ...reserveLabels(this.#packKey, this.#release.labels),
      ...(await continueFrom(this.#release, catalog, this.#packKey)),
      setCursor(this.#cursor(), at),
    ]);
    return { ...report, wasFinished: false };
  }

  #cursor(): SourceCursor {
    return { source: checkpointKey(this.#release), value: this.#checkpoint };
  }

  async #importPerformer(performer: ReleasePerformer): Promise<void> {
    const { catalog, exclusionFilter } = this.#deps;
    const records = recordsOf(performer, catalog.sources, this.#release.manifest.version);
    if (records.length === 0) {
      return this.#drop(
        performer,
        performer.stashBoxIds.length === 0 ? 'no_stash_box_id' : 'unknown_stash_box',
      );
    }
    for (const record of records) {
      const refusal = await exclusionFilter.refusalOf(record);
      if (refusal === null) continue;
      await exclusionFilter.refuse(record, refusal);
      return this.#drop(performer, refusal.reason);
    }
    const { kept, known } = await this.#split(records);
    if (kept.length + known.length === 0) return this.#drop(performer, 'removed_by_stash_box');
    await this.#store(performer, records, kept, known);
  }

  /** Which records are new to the catalog, and under which performers it has the others. */
  async #split(records: PerformerRecord[]): Promise<{ kept: PerformerRecord[]; known: number[] }> {
    const kept: PerformerRecord[] = [];
    const known: number[] = [];
    for (const record of records) {
      const held = await this.#followMerge(record.endpoint, record.remoteId);
      if (held === null) kept.push(record);
      else if (!held.deleted) known.push(held.performerId);
    }
    return { kept, known };
  }

  async #followMerge(endpoint: string, remoteId: string): Promise<KnownRecord | null> {
    const held = await findRecord(this.#deps.catalog, endpoint, remoteId);
    const target = held?.deleted ? held.mergedInto : null;
    return target === null ? held : ((await findRecord(this.#deps.catalog, endpoint, target)) ?? held);
  }

  async #store(
    performer: ReleasePerformer,
    records: PerformerRecord[],
    kept: PerformerRecord[],
    known: number[],
  ): Promise<void> {
    const { catalog } = this.#deps;
    const { report } = this.#checkpoint;
    const { version } = this.#release.manifest;
    const faces = this.#withVectors(performer);
    const images = imagesOf(faces, records, { pack: this.#packKey, version });
    const fresh = await this.#notHeld(images, known);
    report.performers += 1;
    report.known.performers += kept.length === 0 ? 1 : 0;
    report.known.images += images.length - fresh.length;
    report.faces += fresh.reduce((sum, image) => sum + image.faces.length, 0);
    const [only] = kept;
    if (only && records.length === 1) {
      const commit = { performer: only, images: fresh, keepId: performer.id, cursor: this.#cursor() };
      await commitPerformer(catalog, commit);
      return;
    }
    await write(catalog, keepLinks(records, version, catalog.now().toISOString()));
    let held = known[0];
    for (const record of kept) {
      held = await commitPerformer(catalog, { performer: record, images: [], keepId: performer.id });
    }
    if (held === undefined) throw new Error(`Performer ${performer.id} of the release was not stored`);
    await commitPerformer(catalog, { performer: held, images: fresh, cursor: this.#cursor() });
  }

  async #notHeld(images: ImageOutcome[], performers: readonly number[]): Promise<ImageOutcome[]> {
    const address = ({ source, url }: Pick<ImageOutcome, 'source' | 'url'>) => `${source} ${url}`;
    const held = await Promise.all(performers.map((id) => listImages(this.#deps.catalog, id, this.#packKey)));
    const addresses = new Set(held.flat().map(address));
    return images.filter((image) => !addresses.has(address(image)));
  }

  #withVectors({ faces }: ReleasePerformer): VectoredFace[] {
    return faces.flatMap((face) => {
      const vectors = this.#release.vectors(face.label);
      if (!vectors) return this.#dropFace('no_vector');
      const matching = vectors[this.#models.indexOf(this.#deps.pack.matching.embedder)] ?? vectors[0];
      if (matching && this.#isExcludedFace(matching) !== null) return this.#dropFace('excluded');
      const named = new Map(this.#models.map((model, index) => [model, vectors[index]]));
      return {
        ...face,
        vectors: [...named].flatMap(([model, vector]) => (vector ? [{ model, vector }] : [])),
      };
    });
  }

  #drop(performer: ReleasePerformer, reason: DropReason | RefusalReason): void {
    const { dropped } = this.#checkpoint.report;
    dropped.performers[reason] = (dropped.performers[reason] ?? 0) + 1;
    dropped.faces[reason] = (dropped.faces[reason] ?? 0) + performer.faces.length;
  }

  #dropFace(reason: DropReason): [] {
    const { faces } = this.#checkpoint.report.dropped;
    faces[reason] = (faces[reason] ?? 0) + 1;
    return [];
  }
}

async function hasLabels({ db }: CatalogWriter, pack: string): Promise<boolean> {
  return (await db.all(sql`SELECT 1 FROM labels WHERE pack = ${pack} LIMIT 1`)).length > 0;
}

/** Labels below `count` are not given to new faces: the last one is written down as retired, unless there is a larger one. */
function reserveLabels(pack: string, count: number): SQL[] {
  return [
    sql`INSERT INTO labels (pack, label, performer_id, face_id)
      SELECT ${pack}, ${count - 1}, (SELECT min(id) FROM performers), NULL
      WHERE ${count} > 0 AND EXISTS (SELECT 1 FROM performers)
        AND NOT EXISTS (SELECT 1 FROM labels WHERE pack = ${pack} AND label >= ${count - 1})`,
  ];
}
