import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { listPacks } from '../models/list-packs.ts';
import type { Engines, OpenEngine } from './engines.ts';

export interface WarmUpDeps {
  dataDir: string;
  modelsDir: string;
  engines: Pick<Engines, 'get'>;
  log: Logger;
}

const fileIn = (dataDir: string) => join(dataDir, 'last-pack');

/** Opens engines as `open` does, and remembers in `dataDir` which pack was opened last. */
export function rememberingPack(dataDir: string, open: OpenEngine): OpenEngine {
  return async (packId, log) => {
    const engine = await open(packId, log);
    writeFileSync(fileIn(dataDir), `${packId}\n`);
    return engine;
  };
}

/**
 * Opens the engine that the next task will probably need, so that modules, models and self-test are done before work is asked for.
 * Which pack that is only a lease tells; a second set of models may not fit into memory, so it is the pack that was used last, or
 * the only one whose files are here, or none. A pack that cannot be opened is a matter of the task that needs it.
 */
export async function warmUp({ dataDir, modelsDir, engines, log }: WarmUpDeps): Promise<void> {
  try {
    const present = (await listPacks(modelsDir)).filter((pack) => pack.present).map(({ id }) => id);
    const packId =
      present.find((id) => id === lastPack(dataDir)) ?? (present.length === 1 ? present[0] : undefined);
    if (packId !== undefined) await engines.get(packId, log);
  } catch (error) {
    log.warn(`The models could not be opened ahead; the first task tries again: ${messageOf(error)}`);
  }
}

function lastPack(dataDir: string): string | null {
  try {
    return readFileSync(fileIn(dataDir), 'utf8').trim();
  } catch {
    return null;
  }
}
