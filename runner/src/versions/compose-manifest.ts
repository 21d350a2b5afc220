import { version as trainerRelease } from '@trainer/contract/version';
import type { Manifest } from '@trainer/contract/versions';
import { type ModelPack, packFiles, packFingerprint } from '../models/pack.ts';
import { INDEX_PARAMETERS } from './build-index.ts';
import type { QualityReport } from './quality-report.ts';
import type { SigningKey } from './signing-key.ts';
import { DIMENSIONS } from './voyager-format.ts';

export interface ManifestInput {
  version: string;
  createdAt: Date;
  pack: ModelPack;
  embedders: IndexEmbedders;
  /** Short names of the sources that the faces come from. */
  sources: string[];
  /** Domains in universal ids of stash-boxes that owners defined, by short name. */
  domains: Readonly<Record<string, string>>;
  /** Sources that the run asked for. */
  runSources: string[];
  configRevision: number | null;
  parentVersion: string | null;
  /** How many exclusions it keeps to, and a digest that tells one list of them from another. */
  exclusions: { enforced: number; digest: string } | undefined;
  catalogId: string;
  report: QualityReport;
  checksums: Record<string, string>;
  key: SigningKey;
}

/** Which of the pack's embedders fills which index. */
export interface IndexEmbedders {
  facenet: ModelPack['embedders'][number];
  arcface: ModelPack['embedders'][number];
}

/** By name where the pack has them, otherwise its first and last one, which may be the same. */
export function indexEmbedders({ embedders }: ModelPack): IndexEmbedders {
  const [first, last] = [embedders.at(0), embedders.at(-1)];
  if (!first || !last) throw new Error('A model pack has at least one embedder');
  return {
    facenet: embedders.find((each) => each.id === 'facenet') ?? first,
    arcface: embedders.find((each) => each.id === 'arcface') ?? last,
  };
}

/** The fields that v1 sidecars read, then what else there is to know about the version. */
export function composeManifest(input: ManifestInput): Manifest {
  const { pack, report, embedders } = input;
  return {
    version: input.version,
    created_at: input.createdAt.toISOString(),
    performer_count: report.size.performers_with_faces,
    face_count: report.consistency.labels,
    sources: input.sources,
    models: {
      detector: `${pack.detector.kind}_${pack.detector.file.replace(/\.onnx$/, '')}`,
      alignment: 'insightface_norm_crop_5point',
      facenet_dim: DIMENSIONS,
      arcface_dim: DIMENSIONS,
      flip_averaging: embedders.facenet.mirror && embedders.arcface.mirror,
    },
    checksums: input.checksums,
    format: 'stash-sense',
    model_pack: pack.id,
    /** The release of the runner that made it. */
    made_by: `stash-sense-trainer/${trainerRelease}`,
    parent_version: input.parentVersion,
    configuration_revision: input.configRevision,
    run_sources: input.runSources,
    ...(Object.keys(input.domains).length > 0 && { domains: input.domains }),
    ...(input.exclusions && { exclusions: input.exclusions }),
    catalog: input.catalogId,
    counts: {
      performers: report.size.performers,
      performers_with_faces: report.size.performers_with_faces,
      faces: report.size.faces,
      labels: report.consistency.labels,
      gaps: report.consistency.gaps,
    },
    pack: {
      title: pack.title,
      fingerprint: packFingerprint(pack),
      licence: pack.licence,
      detector: pack.detector,
      embedders: pack.embedders,
      matching: pack.matching,
      files: packFiles(pack).map(({ name, sha256 }) => ({ name, sha256 })),
    },
    indexes: {
      'face_facenet.voy': embedders.facenet.id,
      'face_arcface.voy': embedders.arcface.id,
      one_embedder_fills_both: embedders.facenet === embedders.arcface,
      space: 'cosine',
      m: INDEX_PARAMETERS.m,
      ef_construction: INDEX_PARAMETERS.efConstruction,
      seed: INDEX_PARAMETERS.seed,
      // What a sidecar's query finds of each embedder's vectors; the labels of what it misses stand in the quality report.
      measured: Object.fromEntries(
        Object.entries(report.findability).map(([model, { missing, ...measured }]) => [
          model,
          { ...measured, missing: missing.count },
        ]),
      ),
    },
    signature: { algorithm: 'Ed25519', public_key_sha256: input.key.fingerprint },
    warnings: report.summary.warnings,
  };
}
