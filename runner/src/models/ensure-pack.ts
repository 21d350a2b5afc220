import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPack } from './load-pack.ts';
import type { ModelPack } from './pack.ts';
import { withPullLock } from './pull-lock.ts';
import { type PullOptions, pullPack } from './pull-pack.ts';
import { verifyPack } from './verify-pack.ts';

/**
 * Makes a pack ready to use, in one call: nothing happens when its files are there with the right hashes, otherwise they
 * are pulled, by one process at a time.
 *
 * @throws PackError `unknown_pack`, `download_failed` or `wrong_hash`
 */
export async function ensurePack(
  id: string,
  modelsDir: string,
  options: PullOptions = {},
): Promise<ModelPack> {
  const pack = loadPack(id);
  if (await isComplete(pack, modelsDir)) return pack;
  await mkdir(modelsDir, { recursive: true });
  await withPullLock(
    join(modelsDir, `.${id}.lock`),
    () => pullPack(pack, modelsDir, options),
    options.signal,
  );
  return pack;
}

async function isComplete(pack: ModelPack, modelsDir: string): Promise<boolean> {
  return (await verifyPack(pack, modelsDir)).every((report) => report.state === 'ok');
}
