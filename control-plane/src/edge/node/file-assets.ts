import { readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { getMimeType } from 'hono/utils/mime';
import type { Assets } from '../../context/deps.ts';

/** Serves the files below `folder`, and nothing outside it. */
export function fileAssets(folder: string): Assets {
  const root = resolve(folder);
  return {
    areCompressed: false,
    async read(path) {
      const file = join(root, decode(path));
      if (!file.startsWith(root + sep)) return null;
      try {
        const bytes = await readFile(file);
        return new Response(new Uint8Array(bytes), {
          headers: { 'content-type': getMimeType(file) ?? 'application/octet-stream' },
        });
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    },
  };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What reading a path says that no file of ours can have: a folder, a NUL, more than 255 letters. */
const absentCodes = ['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE'];

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return absentCodes.some((absent) => absent === code);
}
