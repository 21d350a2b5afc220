import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadPack, packIds } from './load-pack.ts';
import { type ModelPack, packFiles } from './pack.ts';
import { packFilePath } from './verify-pack.ts';

interface PackSummary {
  id: string;
  title: string;
  licence: string;
  embedders: string[];
  totalBytes: number;
  /** All files are there with their size; `verifyPack` also looks at the hashes. */
  present: boolean;
}

/** Every pack that the runner knows, and whether its files are in `modelsDir`. */
export async function listPacks(modelsDir: string): Promise<PackSummary[]> {
  return Promise.all(packIds().map((id) => summarise(loadPack(id), modelsDir)));
}

async function summarise(pack: ModelPack, modelsDir: string): Promise<PackSummary> {
  const files = packFiles(pack);
  const sizes = await Promise.all(
    files.map((file) =>
      stat(packFilePath(pack, modelsDir, file.name)).then(
        (s) => s.size,
        () => null,
      ),
    ),
  );
  return {
    id: pack.id,
    title: pack.title,
    licence: pack.licence,
    embedders: pack.embedders.map((embedder) => embedder.id),
    totalBytes: files.reduce((sum, file) => sum + file.bytes, 0),
    present: files.every((file, i) => sizes[i] === file.bytes),
  };
}

/**
 * Where model files live unless the settings say otherwise: `MODELS_DIR`, else `models` under `DATA_DIR`, else the user's
 * cache folder, which survives a fresh checkout.
 */
export function defaultModelsDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.MODELS_DIR) return env.MODELS_DIR;
  if (env.DATA_DIR) return join(env.DATA_DIR, 'models');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stash-sense-trainer', 'models');
}
