import { z } from 'zod';
import { limits } from './limits.ts';
import { count, dictionary, safeName, sha256, time } from './primitives.ts';

/**
 * A version is immutable: a numbered set of artifacts, visible only after every hash was verified.
 *
 * 1. `POST /api/leases/{task}/version` names the artifacts with size and sha256. Asked again, it says which parts
 *    are there already, so an upload goes on where it stopped, whichever side was restarted.
 * 2. `PUT …/artifacts/{name}/parts/{number}` brings the parts, from 1, each of `part_bytes` but the last, with
 *    their sha256.
 * 3. `POST …/version/publish` verifies every artifact as a whole and makes the version visible. It may say with
 *    `unavailable` that it has come half way: asked again, it goes on.
 */

/** `YYYY.MM.DD`, then `YYYY.MM.DD.1`…: sorts as plain text, which is how sidecars compare. */
export const versionNumber = z
  .string()
  .regex(/^\d{4}\.\d{2}\.\d{2}(\.[1-9])?$/, 'expected YYYY.MM.DD or YYYY.MM.DD.N with N from 1 to 9');

export const artifactSchema = z.object({
  name: safeName,
  size: z.int().positive().max(limits.artifactMaxBytes),
  sha256,
});
export type Artifact = z.infer<typeof artifactSchema>;

/** What the control plane wants to know of a manifest; everything else in it is kept as it is. */
export const manifestSchema = z.looseObject({
  version: versionNumber,
  created_at: time,
  performer_count: count,
  face_count: count.min(1),
  sources: z.array(z.string().max(300)).max(1_000),
  checksums: dictionary(
    z.string().max(300),
    z.string().regex(/^sha256:[0-9a-f]{64}$/),
    limits.artifactsPerVersion,
  ),
  format: z.string().max(100),
  model_pack: z.string().max(100),
  parent_version: versionNumber.nullable(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** The part of the quality report that lists show; the whole report is an artifact. */
export const qualitySummarySchema = z.object({
  faces_per_performer: z.number().nonnegative(),
  /** Share of performers with exactly one face, 0 to 1. */
  single_face_share: z.number().min(0).max(1),
  /** Share of faces whose nearest other face is the same performer's, 0 to 1; null with too few faces. */
  self_recognition: z.number().min(0).max(1).nullable(),
  warnings: z.array(z.string().max(500)).max(50),
});
export type QualitySummary = z.infer<typeof qualitySummarySchema>;

export const openUploadSchema = z.object({
  fence: z.int().positive(),
  version: versionNumber,
  /** The artifact that people download and sidecars load. */
  filename: safeName,
  artifacts: z.array(artifactSchema).min(1).max(limits.artifactsPerVersion),
  manifest: manifestSchema,
  quality: qualitySummarySchema,
});
export type OpenUpload = z.input<typeof openUploadSchema>;

export const uploadSchema = z.object({
  version: versionNumber,
  part_bytes: z.int().positive(),
  artifacts: z.array(
    z.object({
      name: safeName,
      parts: z.int().positive(),
      /** Numbers of the parts that are still missing. */
      missing: z.array(z.int().positive()),
    }),
  ),
});
export type Upload = z.infer<typeof uploadSchema>;

export const publishVersionSchema = z.object({ fence: z.int().positive() });

export const versionViewSchema = z.object({
  version: versionNumber,
  filename: z.string(),
  size_mb: z.number(),
  created: time,
  run_id: z.int().nullable(),
  format: z.string(),
  model_pack: z.string(),
  sources: z.array(z.string()),
  parent: versionNumber.nullable(),
  performers: count,
  faces: count,
  quality: qualitySummarySchema,
  artifacts: z.array(artifactSchema),
});
export type VersionView = z.infer<typeof versionViewSchema>;

/** The number of parts of an artifact of `size` bytes. */
export function partCount(size: number, partBytes: number = limits.uploadPartBytes): number {
  return Math.max(1, Math.ceil(size / partBytes));
}
