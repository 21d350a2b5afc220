import { createWriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Call } from '@trainer/contract/client';
import type { Artifact } from '@trainer/contract/versions';
import { hashFile } from '../versions/version-files.ts';
import { CliError } from './cli-error.ts';
import { megabytes } from './format.ts';
import type { Terminal } from './terminal.ts';

export interface ArtifactRequest {
  version: string;
  artifact: Artifact;
  folder: string;
}

/** Fetches one artifact; the file has its name only once its hash was found right. Resolves with its path. */
export async function downloadArtifact(
  api: Call,
  { version, artifact, folder }: ArtifactRequest,
  { err, interrupted }: Terminal,
): Promise<string> {
  const { name, size, sha256 } = artifact;
  const path = join(folder, name);
  if ((await sizeOf(path)) === size && (await hashFile(path)) === sha256) return path;
  err(`Fetching ${name} (${megabytes(size)})\n`);
  const response = await api('GET /api/versions/{version}/artifacts/{name}', {
    params: { version, name },
    signal: interrupted,
  });
  if (!response.body) throw new CliError('failed', `${name} came without a body.`);
  const partial = `${path}.partial`;
  await pipeline(Readable.fromWeb(response.body), atMost(size, name), createWriteStream(partial), {
    signal: interrupted,
  });
  const found = await hashFile(partial);
  if (found !== sha256) {
    throw new CliError('failed', `${partial} has the hash ${found} instead of ${sha256}: fetch it again.`);
  }
  await rename(partial, path);
  return path;
}

function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

/** Passes bytes on, and fails as soon as there are more than were announced. */
function atMost(size: number, name: string) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let seen = 0;
    for await (const chunk of chunks) {
      seen += chunk.byteLength;
      if (seen > size) throw new CliError('failed', `${name} has more than the ${size} bytes announced.`);
      yield chunk;
    }
  };
}
