import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Artifact,
  type Manifest,
  manifestSchema,
  type QualitySummary,
  qualitySummarySchema,
} from '@trainer/contract/versions';
import { z } from 'zod';
import { artifactNames } from './pack-version.ts';
import { CHECKSUMS, hashFile, MANIFEST, QUALITY } from './version-files.ts';

export interface FinishedVersion {
  manifest: Manifest;
  quality: QualitySummary;
  artifacts: Artifact[];
}

const report = z.object({ summary: qualitySummarySchema });
const made = z.looseObject({
  pack: z.looseObject({ fingerprint: z.string() }),
  exclusions: z.looseObject({ digest: z.string() }).optional(),
});

/** What a version must be like to be the one that is wanted. */
export interface Wanted {
  version: string;
  packFingerprint: string;
  /** The exclusions that it must keep to; undefined for any. */
  exclusionsDigest: string | undefined;
}

/**
 * What an earlier attempt of the same publish task left behind, when it is complete, unharmed and of this number,
 * model pack and exclusions; otherwise null. A crash during the upload then costs no second build.
 */
export async function reuseVersion(
  dir: string,
  { version, packFingerprint, exclusionsDigest }: Wanted,
): Promise<FinishedVersion | null> {
  try {
    const artifacts = await checkedArtifacts(dir, version);
    const json = JSON.parse(await readFile(join(dir, MANIFEST), 'utf8'));
    const manifest = manifestSchema.parse(json);
    const { pack, exclusions } = made.parse(json);
    if (manifest.version !== version || pack.fingerprint !== packFingerprint) return null;
    if (exclusionsDigest !== undefined && exclusions?.digest !== exclusionsDigest) return null;
    const quality = report.parse(JSON.parse(await readFile(join(dir, QUALITY), 'utf8'))).summary;
    return { manifest, quality, artifacts };
  } catch {
    // Whatever is wrong with it, the answer is the same: build it again.
    return null;
  }
}

async function checkedArtifacts(dir: string, version: string): Promise<Artifact[]> {
  const stated = await readFile(join(dir, CHECKSUMS), 'utf8');
  return Promise.all(
    artifactNames(version).map(async (name) => {
      const sha256 = await hashFile(join(dir, name));
      if (name !== CHECKSUMS && !stated.includes(`${sha256}  ${name}\n`))
        throw new Error(`${name} was changed`);
      return { name, size: (await stat(join(dir, name))).size, sha256 };
    }),
  );
}
