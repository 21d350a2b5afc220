import { limits } from '@trainer/contract/limits';
import type { Artifact, Manifest } from '@trainer/contract/versions';

export const manifestName = 'manifest.json';

/** What a runner says about a version before it uploads it. */
export interface AnnouncedVersion {
  version: string;
  filename: string;
  artifacts: readonly Artifact[];
  manifest: Manifest;
}

/**
 * Validates an announced version: returns the first contradiction with its likely cause, or null. A sidecar would otherwise find it
 * after a download of hundreds of megabytes.
 */
export function admitVersion(announced: AnnouncedVersion): string | null {
  for (const check of [admitArtifacts, admitManifestFile, admitManifest, admitChecksums]) {
    const objection = check(announced);
    if (objection) return objection;
  }
  return null;
}

function admitArtifacts({ artifacts, filename }: AnnouncedVersion): string | null {
  const names = artifacts.map(({ name }) => name);
  // Names become files, and some file systems do not tell A from a.
  const seen = new Set(names.map((name) => name.toLowerCase()));
  if (seen.size < names.length) return 'Two artifacts have the same name: every artifact needs its own.';
  for (const wanted of [manifestName, filename]) {
    if (!names.includes(wanted)) {
      return `"${wanted}" is not among the artifacts (${names.join(', ')}): it belongs to every version.`;
    }
  }
  return null;
}

function admitManifestFile({ artifacts }: AnnouncedVersion): string | null {
  const size = artifacts.find(({ name }) => name === manifestName)?.size ?? 0;
  if (size <= limits.jsonBodyMaxBytes) return null;
  return `"${manifestName}" has ${size} bytes, and a manifest of more than ${limits.jsonBodyMaxBytes} is none.`;
}

function admitManifest({ version, manifest }: AnnouncedVersion): string | null {
  if (manifest.version !== version) {
    return `The manifest is of version ${manifest.version}, the upload of ${version}: they must be the same.`;
  }
  if (manifest.performer_count === 0) {
    return `The manifest counts ${manifest.face_count} faces but no performer: the catalog was read while empty.`;
  }
  if (manifest.parent_version !== null && manifest.parent_version >= version) {
    return `The parent ${manifest.parent_version} does not sort before ${version}: sidecars would not update to it.`;
  }
  return null;
}

function admitChecksums({ artifacts, manifest }: AnnouncedVersion): string | null {
  if (manifest.checksums[manifestName]) {
    return `The manifest has a checksum of itself, which cannot be right: leave "${manifestName}" out.`;
  }
  for (const { name, sha256 } of artifacts) {
    const stated = manifest.checksums[name];
    if (stated !== undefined && stated !== `sha256:${sha256}`) {
      return `The manifest gives ${name} as ${stated}, the upload as sha256:${sha256}: the file changed after the manifest was written.`;
    }
  }
  return null;
}

/** Whether the bytes of `manifest.json` say the same as the manifest that was announced. */
export function isSameManifest(bytes: string, announced: Manifest): boolean {
  try {
    return canonical(JSON.parse(bytes)) === canonical(announced);
  } catch {
    return false;
  }
}

/** JSON with every object's keys in order, so that equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
