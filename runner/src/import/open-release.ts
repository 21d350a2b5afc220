import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanUpAfter } from '@trainer/async/with-clean-up';
import { z } from 'zod';
import { readJsonMembers } from '../versions/read-json.ts';
import { temporaryFolder } from '../versions/temporary-folder.ts';
import { unpackVersion } from '../versions/unpack-version.ts';
import { hashFile } from '../versions/version-files.ts';
import { applyDeltas, type Delta, digestWith, openDeltas } from './apply-deltas.ts';
import { openDeltaVectors } from './delta-vectors.ts';
import { ImportError } from './import-error.ts';
import { openReleaseDatabase } from './read-database.ts';
import { openUsearch, openVoyager, toUnit, type VectorFile } from './read-vectors.ts';
import type { Release, ReleaseFormat, ReleaseManifest } from './release.ts';

interface IndexFile {
  name: string;
  open: (path: string) => VectorFile;
}

/** What tells the formats apart, and which indexes each one has. */
const FORMATS: Record<
  ReleaseFormat,
  { labelColumn: 'facenet_index' | 'embedding_index'; indexes: IndexFile[] }
> = {
  'stash-sense': {
    labelColumn: 'facenet_index',
    indexes: [
      { name: 'face_facenet.voy', open: openVoyager },
      { name: 'face_arcface.voy', open: openVoyager },
    ],
  },
  'stash-sense2': {
    labelColumn: 'embedding_index',
    indexes: [{ name: 'face_embeddings.usearch', open: openUsearch }],
  },
};

const COMMON_FILES = ['performers.db', 'faces.json', 'manifest.json'];
const ALL_FILES = [
  ...COMMON_FILES,
  ...Object.values(FORMATS).flatMap(({ indexes }) => indexes.map(({ name }) => name)),
];

const manifestSchema = z.looseObject({
  version: z.string().regex(/^[\w.-]{1,64}$/),
  created_at: z.iso.datetime({ offset: true }).nullish().catch(null),
  checksums: z.record(z.string(), z.string()).catch({}),
  model_pack: z.string().nullish().catch(null),
  pack: z.looseObject({ fingerprint: z.string() }).nullish().catch(null),
  models: z.record(z.string(), z.unknown()).catch({}),
  domains: z.record(z.string(), z.string()).catch({}),
});
type ManifestJson = z.infer<typeof manifestSchema>;

/**
 * Opens a release for import: its zip, a folder with the zip in it, or a folder with its files.
 *
 * @param deltas zips that lead on from it, in any order; of `stash-sense2` only
 * @throws ImportError `not_a_release`, or `damaged` when a file has not the hash that the manifest gives it
 */
export async function openRelease(path: string, deltas: readonly string[] = []): Promise<Release> {
  const zip = await zipOf(path);
  const { dir: scratch, remove } =
    zip || deltas.length > 0 ? await temporaryFolder('release-') : { dir: path, remove: () => {} };
  try {
    if (zip) await unpackVersion(zip, scratch, ALL_FILES);
    return await openFolder(zip ? scratch : path, scratch, deltas, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

async function zipOf(path: string): Promise<string | null> {
  const found = await stat(path).catch((cause) => {
    throw new ImportError('not_a_release', `There is no release at ${path}`, { cause });
  });
  if (found.isFile()) return path;
  if (existsSync(join(path, 'performers.db'))) return null;
  const zips = (await readdir(path)).filter((name) => name.endsWith('.zip'));
  if (zips.length === 1 && zips[0]) return join(path, zips[0]);
  throw new ImportError(
    'not_a_release',
    `${path} holds neither performers.db nor exactly one .zip: name the zip file of the release, or the folder with its files`,
  );
}

async function openFolder(
  dir: string,
  scratch: string,
  deltaZips: readonly string[],
  remove: () => void,
): Promise<Release> {
  const format = formatOf(dir);
  const { labelColumn, indexes } = FORMATS[format];
  const { manifest, checksums } = await readManifest(dir);
  await checkHashes(dir, checksums, [...COMMON_FILES, ...indexes.map(({ name }) => name)]);
  const labels = await countMembers(join(dir, 'faces.json'));
  if (deltaZips.length > 0 && format !== 'stash-sense2') {
    throw new ImportError(
      'not_a_release',
      `Deltas belong to releases of stash-sense2, and this one is of ${format}`,
    );
  }
  const deltas = await openDeltas(deltaZips, manifest.version, scratch);
  let database = join(dir, 'performers.db');
  if (deltas.length > 0) {
    // The release itself stays as it is.
    const copy = join(scratch, 'with-deltas.db');
    await copyFile(database, copy);
    applyDeltas(copy, deltas);
    database = copy;
  }
  const opened: { close(): void }[] = [];
  const close = () => {
    for (const each of opened) each.close();
    remove();
  };
  try {
    const performers = openReleaseDatabase(database, labelColumn);
    opened.push(performers);
    const changed = openDeltaVectors(deltas);
    opened.push(changed);
    const files = indexes.map(({ name, open }) => {
      const file = open(join(dir, name));
      opened.push(file);
      return file;
    });
    return {
      format,
      manifest: withDeltas(manifest, deltas),
      count: performers.count,
      labels: Math.max(labels, changed.labels),
      unreadable: () => performers.unreadable(),
      performers: (after) => performers.performers(after),
      vectors: (label) => {
        const newer = changed.read(label);
        if (newer) {
          const unit = toUnit(newer);
          return unit && [unit];
        }
        const vectors = files.map((file) => file.read(label));
        return vectors.every((vector) => vector !== null) ? vectors : null;
      },
      close: async () => close(),
    };
  } catch (error) {
    cleanUpAfter(error, close);
    throw error;
  }
}

/** The manifest of the version that the last delta leads to, which says of itself only what its version names. */
function withDeltas(manifest: ReleaseManifest, deltas: readonly Delta[]): ReleaseManifest {
  const last = deltas.at(-1);
  if (!last) return manifest;
  const createdAt = timeOf({ version: last.to, created_at: null });
  return { ...manifest, version: last.to, createdAt, digest: digestWith(manifest.digest, deltas) };
}

function formatOf(dir: string): ReleaseFormat {
  const has = (format: ReleaseFormat) =>
    FORMATS[format].indexes.every(({ name }) => existsSync(join(dir, name)));
  if (has('stash-sense')) return 'stash-sense';
  if (has('stash-sense2')) return 'stash-sense2';
  throw new ImportError(
    'not_a_release',
    'It holds neither face_facenet.voy and face_arcface.voy (stash-sense) nor face_embeddings.usearch (stash-sense2). ' +
      'Name the full zip of the release first, and its deltas after it; a links zip is no release',
  );
}

async function readManifest(
  dir: string,
): Promise<{ manifest: ReleaseManifest; checksums: ManifestJson['checksums'] }> {
  let bytes: Buffer;
  let json: ManifestJson;
  try {
    bytes = await readFile(join(dir, 'manifest.json'));
    json = manifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new ImportError('not_a_release', 'manifest.json of the release is missing, or is no manifest', {
      cause,
    });
  }
  const { version, checksums, models, domains } = json;
  const manifest: ReleaseManifest = {
    version,
    createdAt: timeOf(json),
    digest: createHash('sha256').update(bytes).digest('hex'),
    pack: json.model_pack ?? null,
    packFingerprint: json.pack?.fingerprint ?? null,
    models,
    domains,
  };
  return { manifest, checksums };
}

/** A release without a time was made on the day that its version names. */
function timeOf({ version, created_at }: Pick<ManifestJson, 'version' | 'created_at'>): string {
  if (created_at) return new Date(created_at).toISOString();
  const day = /^v*(\d{4})\.(\d{2})\.(\d{2})/.exec(version);
  const time = day ? Date.parse(`${day[1]}-${day[2]}-${day[3]}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new ImportError(
    'not_a_release',
    `manifest.json gives no created_at, and its version ${version} names no day: nobody can say what has changed since`,
  );
}

async function checkHashes(
  dir: string,
  checksums: Record<string, string>,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const stated = checksums[name]?.replace(/^[^:]*:/, '');
    if (stated === undefined) continue;
    const found = await hashFile(join(dir, name));
    if (found === stated) continue;
    throw new ImportError(
      'damaged',
      `${name} has the sha256 ${found}, and the manifest says ${stated}: the release was cut short or changed. Fetch it again`,
    );
  }
}

async function countMembers(path: string): Promise<number> {
  let count = 0;
  try {
    for await (const members of readJsonMembers(path)) count += members.length;
  } catch (cause) {
    throw new ImportError('not_a_release', 'faces.json of the release is missing, or is no JSON list', {
      cause,
    });
  }
  return count;
}
