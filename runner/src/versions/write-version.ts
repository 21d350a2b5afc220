import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { rethrowAfter } from '@trainer/async/with-clean-up';
import type { Manifest } from '@trainer/contract/versions';
import type { CatalogDatabase } from '../catalog/database.ts';
import { Domains, nameUniversalIds } from '../identity/universal-id.ts';
import { type ModelPack, packFingerprint } from '../models/pack.ts';
import { buildIndex, type IndexQuality } from './build-index.ts';
import { composeManifest, type IndexEmbedders, indexEmbedders } from './compose-manifest.ts';
import { writeFacesJson, writePerformersJson } from './json-files.ts';
import { packVersion } from './pack-version.ts';
import { type QualityReport, reportQuality } from './quality-report.ts';
import { type FinishedVersion, reuseVersion } from './reuse-version.ts';
import { scanVoyager } from './scan-voyager.ts';
import { type ContentFilter, KEEP_ALL } from './select-content.ts';
import { type SigningKey, signManifest } from './signing-key.ts';
import {
  DATA_FILES,
  hashFile,
  MANIFEST,
  QUALITY,
  SIGNATURE,
  VersionError,
  zipName,
} from './version-files.ts';
import { writeDatabase } from './write-database.ts';
import { writeVectors } from './write-vectors.ts';

/** What a publish task asks for. */
export interface VersionRequest {
  /** From `nextVersion`. */
  version: string;
  /** Where the finished files will lie; of this publish task alone, so that another attempt finds them. */
  stagingDir: string;
  pack: ModelPack;
  /** The name under which the catalog holds this pack's images and faces. */
  packKey: string;
  /** Sources of the run; the manifest's own list is made from the faces. */
  sources: string[];
  configRevision: number | null;
  parent: Pick<Manifest, 'version' | 'performer_count' | 'face_count'> | null;
  key: SigningKey;
  now: () => Date;
  filter?: ContentFilter;
  /** The exclusions that the filter and the catalog keep to; files of an attempt with other ones are not taken up. */
  exclusions?: { enforced: number; digest: string };
  signal?: AbortSignal;
  onProgress?: (progress: VersionProgress) => void;
}

/** Labels read without a pause: some 10 ms. */
const LABELS_PER_PAGE = 10_000;

export const versionStages = ['database', 'vectors', 'index', 'check', 'measure', 'pack', 'verify'] as const;

export interface VersionProgress {
  stage: (typeof versionStages)[number];
  done: number;
  /** Null while it is not known. */
  total: number | null;
}

export interface WrittenVersion extends FinishedVersion {
  dir: string;
  /** The artifact that people download and sidecars load. */
  filename: string;
  /** True when an earlier attempt's files were taken as they were. */
  reused: boolean;
}

/**
 * Makes a `stash-sense` (v1) version of what the catalog holds for a model pack: built in a folder beside
 * `stagingDir`, verified by reading it back, and only then given its name. Memory stays bounded.
 * @throws VersionError `no_faces` when there is nothing to publish, `not_sound` when the check fails.
 * @throws whatever `signal` was aborted with; the half-made folder is removed at the next attempt.
 */
export async function writeVersion(catalog: CatalogDatabase, order: VersionRequest): Promise<WrittenVersion> {
  const { stagingDir: dir, version, pack } = order;
  const result = { dir, filename: zipName(version) };
  const earlier = await reuseVersion(dir, {
    version,
    packFingerprint: packFingerprint(pack),
    exclusionsDigest: order.exclusions?.digest,
  });
  if (earlier) return { ...result, ...earlier, reused: true };
  const partial = `${dir}.partial`;
  await rm(dir, { recursive: true, force: true });
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const finished = await new Build(catalog, order, partial).run().catch((error: unknown) =>
    // What is half written is of no use, and on a full disk it would be in the way of everything else.
    rethrowAfter(error, () => rm(partial, { recursive: true, force: true })),
  );
  await rename(partial, dir);
  return { ...result, ...finished, reused: false };
}

/** One build of one version in one folder. */
class Build {
  readonly #catalog: CatalogDatabase;
  readonly #order: VersionRequest;
  readonly #dir: string;
  readonly #embedders: IndexEmbedders;
  readonly #createdAt: Date;
  readonly #domains: Domains;

  constructor(catalog: CatalogDatabase, order: VersionRequest, dir: string) {
    this.#catalog = catalog;
    this.#order = order;
    this.#dir = dir;
    this.#embedders = indexEmbedders(order.pack);
    this.#createdAt = order.now();
    this.#domains = Domains.of(catalog.sources.all());
  }

  async run(): Promise<FinishedVersion> {
    await this.#writeDatabase();
    const db = new DatabaseSync(this.#path('performers.db'), { readOnly: true });
    try {
      nameUniversalIds(db, this.#domains);
      const owners = await this.#owners(db);
      await writeFacesJson(this.#path('faces.json'), db);
      await writePerformersJson(this.#path('performers.json'), db);
      const indexes = await this.#buildIndexes(owners);
      const report = await this.#report(db, owners, indexes);
      const manifest = await this.#seal(report, faceSources(db));
      const artifacts = await packVersion(this.#dir, {
        manifest,
        createdAt: this.#createdAt,
        publicKeyPem: this.#order.key.publicKeyPem,
        onStage: (stage) => this.#progress(stage, 0, null),
      });
      return { manifest, quality: report.summary, artifacts };
    } finally {
      db.close();
    }
  }

  #path(name: string): string {
    return join(this.#dir, name);
  }

  #progress(stage: VersionProgress['stage'], done: number, total: number | null): void {
    this.#order.signal?.throwIfAborted();
    this.#order.onProgress?.({ stage, done, total });
  }

  async #writeDatabase(): Promise<void> {
    await writeDatabase(this.#path('performers.db'), {
      database: this.#catalog,
      pack: this.#order.packKey,
      models: this.#models(),
      filter: this.#order.filter ?? KEEP_ALL,
      onRows: (performers, faces) => this.#progress('database', performers + faces, null),
    });
  }

  #models(): string[] {
    return [...new Set([this.#embedders.facenet.id, this.#embedders.arcface.id])];
  }

  /** Performer id by label, 0 for gaps. */
  async #owners(db: DatabaseSync): Promise<Int32Array> {
    const last = db.prepare('SELECT max(facenet_index) AS label FROM faces').get()?.label;
    if (last === null || last === undefined) {
      throw new VersionError(
        'no_faces',
        `The catalog holds no accepted face with vectors of ${this.#models().join(' and ')} (model pack ` +
          `${this.#order.pack.id}), so there is nothing to publish. Build with faces enabled first.`,
      );
    }
    const owners = new Int32Array(Number(last) + 1);
    const page = db.prepare(
      'SELECT facenet_index, performer_id FROM faces WHERE facenet_index >= ? AND facenet_index < ?',
    );
    for (let from = 0; from < owners.length; from += LABELS_PER_PAGE) {
      for (const row of page.iterate(from, from + LABELS_PER_PAGE)) {
        owners[Number(row.facenet_index)] = Number(row.performer_id);
      }
      await setImmediate();
    }
    return owners;
  }

  /** One index per embedder, one after the other: a graph lies in memory as a whole. */
  async #buildIndexes(owners: Int32Array): Promise<Record<string, IndexQuality>> {
    const { facenet, arcface } = this.#embedders;
    const first = await this.#buildIndex('face_facenet.voy', facenet.id, owners);
    if (facenet === arcface) {
      await copyFile(this.#path('face_facenet.voy'), this.#path('face_arcface.voy'));
      return { [facenet.id]: first };
    }
    const second = await this.#buildIndex('face_arcface.voy', arcface.id, owners);
    return { [facenet.id]: first, [arcface.id]: second };
  }

  async #buildIndex(file: string, model: string, owners: Int32Array): Promise<IndexQuality> {
    const {
      packKey: pack,
      pack: { matching },
      signal,
    } = this.#order;
    const vectorPath = this.#path('vectors.f32');
    this.#progress('vectors', 0, owners.length);
    await writeVectors(vectorPath, { database: this.#catalog, pack, model }, owners);
    const quality = await buildIndex({
      vectorPath,
      voyPath: this.#path(file),
      owners,
      duplicateDistance: matching.duplicate,
      signal,
      onProgress: (stage, done, total) => this.#order.onProgress?.({ stage, done, total }),
    });
    await rm(vectorPath);
    return quality;
  }

  async #report(
    db: DatabaseSync,
    owners: Int32Array,
    indexes: Record<string, IndexQuality>,
  ): Promise<QualityReport> {
    const { version, pack, packKey, parent } = this.#order;
    return reportQuality({
      version,
      db,
      catalog: this.#catalog,
      pack: packKey,
      labels: owners.length,
      hasOneEmbedder: this.#embedders.facenet === this.#embedders.arcface,
      walks: {
        'face_facenet.voy': await scanVoyager(this.#path('face_facenet.voy')),
        'face_arcface.voy': await scanVoyager(this.#path('face_arcface.voy')),
      },
      indexes,
      parent,
      provenance: {
        model_pack: pack.id,
        fingerprint: packFingerprint(pack),
        detector: pack.detector,
        matching: pack.matching,
      },
    });
  }

  /** Quality report, manifest and signature: what is said about the data, in the order in which it depends. */
  async #seal(report: QualityReport, sources: string[]): Promise<Manifest> {
    const order = this.#order;
    await writeFile(this.#path(QUALITY), toJson(report), { flush: true });
    const checksums: Record<string, string> = {};
    for (const name of [...DATA_FILES, QUALITY])
      checksums[name] = `sha256:${await hashFile(this.#path(name))}`;
    const manifest = composeManifest({
      version: order.version,
      createdAt: this.#createdAt,
      pack: order.pack,
      embedders: this.#embedders,
      sources,
      domains: this.#domains.owners,
      runSources: order.sources,
      configRevision: order.configRevision,
      parentVersion: order.parent?.version ?? null,
      exclusions: order.exclusions,
      catalogId: this.#catalog.id,
      report,
      checksums,
      key: order.key,
    });
    const bytes = Buffer.from(toJson(manifest));
    await writeFile(this.#path(MANIFEST), bytes, { flush: true });
    await writeFile(this.#path(SIGNATURE), signManifest(bytes, order.key), { flush: true });
    return manifest;
  }
}

function faceSources(db: DatabaseSync): string[] {
  const rows = db.prepare('SELECT DISTINCT source_endpoint AS source FROM faces ORDER BY 1').all();
  return rows.map((row) => String(row.source));
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
