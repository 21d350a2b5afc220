import { manifestSchema, qualitySummarySchema, type VersionView } from '@trainer/contract/versions';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { findVisible, listVisible, type StoredVersion } from './store.ts';

export async function listVersions({ db }: Pick<Deps, 'db'>): Promise<VersionView[]> {
  return (await listVisible(db)).map(toView);
}

/** @throws {ProblemError} `not_found` */
export async function readVersion({ db }: Pick<Deps, 'db'>, version: string): Promise<StoredVersion> {
  const found = await findVisible(db, version);
  if (!found) throw new ProblemError('not_found', `There is no version ${version}.`);
  return found;
}

const MB = 1_000_000;

/** A version as the API shows it. */
export function toView({ version: row, artifacts }: StoredVersion): VersionView {
  const manifest = manifestSchema.parse(JSON.parse(row.manifest));
  const size = artifacts.find(({ name }) => name === row.filename)?.size ?? 0;
  return {
    version: row.version,
    filename: row.filename,
    size_mb: Math.round((size / MB) * 100) / 100,
    created: manifest.created_at,
    run_id: row.runId,
    format: manifest.format,
    model_pack: manifest.model_pack,
    sources: manifest.sources,
    parent: manifest.parent_version,
    performers: manifest.performer_count,
    faces: manifest.face_count,
    quality: qualitySummarySchema.parse(JSON.parse(row.quality)),
    artifacts: artifacts.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
  };
}
