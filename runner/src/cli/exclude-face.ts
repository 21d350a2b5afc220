import { readFile } from 'node:fs/promises';
import { rethrowAfter } from '@trainer/async/with-clean-up';
import type { Exclusion } from '@trainer/contract/exclusions';
import type { CatalogWriter } from '../catalog/writer.ts';
import { addExcludedFace, UnusablePhoto } from '../exclusions/add-face.ts';
import { dropExcludedFaces } from '../exclusions/excluded-faces.ts';
import { scrubFile } from '../exclusions/forget-performer.ts';
import { type FaceEngine, openFaceEngine } from '../faces/engine.ts';
import { ImageError } from '../faces/errors.ts';
import { messageOf } from '../logs/message-of.ts';
import { listPacks } from '../models/list-packs.ts';
import { loadPack } from '../models/load-pack.ts';
import { type RunnerSettings, readRunnerSettings } from '../settings/settings.ts';
import { CliError } from './cli-error.ts';
import { modelsDir } from './models.ts';
import { openRunnersCatalog } from './open-catalog.ts';
import type { Terminal } from './terminal.ts';

type Submit = (subject: { kind: 'face'; value: { fingerprint: string } }) => Promise<Exclusion>;

/**
 * Reads the face on a photo with every model pack that is here, keeps it in the catalog, and only then tells the control
 * plane its name: an exclusion that nobody could enforce would hold up every version. Refused, the face is dropped again.
 */
export async function excludeFace(path: string, terminal: Terminal, submit: Submit): Promise<Exclusion> {
  const photo = await readFile(path).catch((cause: unknown) => {
    throw new CliError('wrongInput', `The photo ${path} cannot be read: ${messageOf(cause)}`, { cause });
  });
  const settings = readRunnerSettings(terminal.env);
  const engines = openEach(settings, await presentPacks(settings), terminal);
  const catalog = await openRunnersCatalog(settings, (message) => terminal.err(`${message}\n`));
  try {
    const own = catalog.forOwner();
    const { fingerprint, isNew } = await addExcludedFace(photo, { catalog: own, engines }).catch(rethrow);
    return await submit({ kind: 'face', value: { fingerprint } }).catch(async (error: unknown) => {
      return rethrowAfter(error, () => (isNew ? takeOut(own, fingerprint) : undefined));
    });
  } finally {
    catalog.close();
  }
}

async function takeOut(catalog: CatalogWriter, fingerprint: string): Promise<void> {
  await dropExcludedFaces(catalog, [fingerprint]);
  await scrubFile(catalog);
}

async function presentPacks(settings: RunnerSettings): Promise<string[]> {
  const packs = (await listPacks(modelsDir(settings))).filter(({ present }) => present).map(({ id }) => id);
  if (packs.length > 0) return packs;
  throw new CliError(
    'failed',
    `No model pack is in ${modelsDir(settings)}, so no face can be read. Fetch the one that runs use: runner models pull <id>.`,
  );
}

/** One after the other: two sets of models may not fit into memory. */
async function* openEach(
  settings: RunnerSettings,
  packs: readonly string[],
  { err }: Terminal,
): AsyncGenerator<FaceEngine> {
  for (const id of packs) {
    err(`Reading the face with the model pack ${id}\n`);
    const engine = await openFaceEngine({
      pack: loadPack(id),
      modelsDir: modelsDir(settings),
      device: settings.DEVICE,
      workers: 1,
      batchSize: 1,
      onWarning: (message) => err(`${message}\n`),
    });
    try {
      yield engine;
    } finally {
      await engine.close();
    }
  }
}

function rethrow(error: unknown): never {
  if (error instanceof UnusablePhoto || error instanceof ImageError) {
    throw new CliError('wrongInput', error.message, { cause: error });
  }
  throw error;
}
