import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { versionNumber } from '@trainer/contract/versions';
import { z } from 'zod';
import { Domains, nameUniversalIds } from '../identity/universal-id.ts';
import { scanVoyager } from './scan-voyager.ts';
import { isSignedBy } from './signing-key.ts';
import { databaseProblems } from './verify-database.ts';
import { checkFacesJson, checkPerformersJson } from './verify-json.ts';
import { DATA_FILES, hashFile, INDEX_FILES, MANIFEST, SIGNATURE } from './version-files.ts';

/** A line of the producer's checklist that does not hold. */
export interface VersionProblem {
  /** The file it was found in. */
  file: string;
  message: string;
}

/** What a v1 reader needs of a manifest, also of one that another program wrote. */
const v1Manifest = z.looseObject({
  version: versionNumber,
  performer_count: z.int().nonnegative(),
  face_count: z.int().nonnegative(),
  sources: z.array(z.string()),
  created_at: z.string().nullish(),
  checksums: z.record(z.string(), z.string().regex(/^(sha256:)?[0-9a-f]{64}$/, 'expected lower-case hex')),
  parent_version: versionNumber.nullish(),
});
type V1Manifest = z.infer<typeof v1Manifest>;

/**
 * Holds every file of a v1 version in a folder against the others, as a sidecar will rely on them.
 * @param publicKeyPem when given, the manifest must be signed by this key.
 * @returns nothing when all holds.
 */
export async function verifyVersion(dir: string, publicKeyPem?: string): Promise<VersionProblem[]> {
  const missing = [...DATA_FILES, MANIFEST].filter((name) => !existsSync(join(dir, name)));
  if (missing.length > 0) return missing.map((file) => ({ file, message: 'it is missing' }));
  const { manifest, problems } = await readManifest(dir);
  if (publicKeyPem) problems.push(...(await signatureProblems(dir, publicKeyPem)));
  if (!manifest) return problems;
  problems.push(...(await checksumProblems(dir, manifest)), ...(await contentProblems(dir, manifest)));
  return problems;
}

async function readManifest(
  dir: string,
): Promise<{ manifest: V1Manifest | null; problems: VersionProblem[] }> {
  const problem = (message: string) => ({ manifest: null, problems: [{ file: MANIFEST, message }] });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(join(dir, MANIFEST), 'utf8'));
  } catch {
    return problem('it is not JSON');
  }
  const parsed = v1Manifest.safeParse(json);
  if (!parsed.success) return problem(z.prettifyError(parsed.error));
  const { version, parent_version } = parsed.data;
  const isLater = !parent_version || version > parent_version;
  return {
    manifest: parsed.data,
    problems: isLater
      ? []
      : [{ file: MANIFEST, message: `${version} does not sort after its parent ${parent_version}` }],
  };
}

async function signatureProblems(dir: string, publicKeyPem: string): Promise<VersionProblem[]> {
  if (!existsSync(join(dir, SIGNATURE))) return [{ file: SIGNATURE, message: 'it is missing' }];
  const manifest = await readFile(join(dir, MANIFEST));
  const signature = await readFile(join(dir, SIGNATURE));
  if (isSignedBy(manifest, signature, publicKeyPem)) return [];
  return [{ file: SIGNATURE, message: 'it is not this key’s signature of the manifest' }];
}

async function checksumProblems(dir: string, { checksums }: V1Manifest): Promise<VersionProblem[]> {
  const problems: VersionProblem[] = DATA_FILES.filter((file) => !checksums[file]).map((file) => ({
    file,
    message: 'the manifest has no checksum of it',
  }));
  if (checksums[MANIFEST]) problems.push({ file: MANIFEST, message: 'it lists its own checksum' });
  for (const [file, stated] of Object.entries(checksums)) {
    if (!existsSync(join(dir, file))) problems.push({ file, message: 'it is listed and missing' });
    else if ((await hashFile(join(dir, file))) !== stated.replace('sha256:', '')) {
      problems.push({ file, message: 'its content differs from the manifest’s checksum' });
    }
  }
  return problems;
}

async function contentProblems(dir: string, manifest: V1Manifest): Promise<VersionProblem[]> {
  const path = join(dir, 'performers.db');
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const inDatabase = databaseProblems(path, db);
    nameUniversalIds(db, Domains.ofManifest(manifest));
    const faces = await checkFacesJson(dir, db);
    const performers = await checkPerformersJson(dir, db);
    return [
      ...named('performers.db', inDatabase),
      ...named('faces.json', faces.problems),
      ...named('performers.json', performers.problems),
      ...named(MANIFEST, differs('face_count', manifest.face_count, 'faces.json', faces.members)),
      ...named(
        MANIFEST,
        differs('performer_count', manifest.performer_count, 'performers.json', performers.members),
      ),
      ...(await indexProblems(dir, faces.members)),
    ];
  } catch (error) {
    return [{ file: 'performers.db', message: error instanceof Error ? error.message : String(error) }];
  } finally {
    db.close();
  }
}

async function indexProblems(dir: string, labels: number): Promise<VersionProblem[]> {
  const problems: VersionProblem[] = [];
  for (const file of INDEX_FILES) {
    const walk = await scanVoyager(join(dir, file));
    problems.push(...named(file, walk.problems));
    if (walk.layout) problems.push(...named(file, differs('count', walk.layout.count, 'faces.json', labels)));
  }
  return problems;
}

function differs(what: string, stated: number, file: string, found: number): string[] {
  return stated === found ? [] : [`its ${what} is ${stated}, ${file} has ${found}`];
}

function named(file: string, messages: string[]): VersionProblem[] {
  return messages.map((message) => ({ file, message }));
}
