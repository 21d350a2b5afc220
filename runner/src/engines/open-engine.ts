import { type FaceEngineOptions, openFaceEngine } from '../faces/engine.ts';
import type { Logger } from '../logs/logger.ts';
import { ensurePack } from '../models/ensure-pack.ts';
import type { PullProgress } from '../models/pull-pack.ts';
import type { OpenEngine } from './engines.ts';

/** Brings a pack's files along if they are missing, and opens its engine. */
export function engineOpener(options: Omit<FaceEngineOptions, 'pack' | 'onWarning'>): OpenEngine {
  return async (packId, log) => {
    const pack = await ensurePack(packId, options.modelsDir, { onProgress: announce(log) });
    log.info(`Opening the model pack ${pack.title}`);
    const engine = await openFaceEngine({ ...options, pack, onWarning: (message) => log.warn(message) });
    log.info(`The model pack ${pack.title} passed its self-test on ${engine.provider}`);
    return engine;
  };
}

/** One line per file, when it begins. */
function announce(log: Logger): (progress: PullProgress) => void {
  const told = new Set<string>();
  return ({ pack, item, totalBytes }) => {
    if (told.has(item)) return;
    told.add(item);
    log.info(`Fetching ${item} for the model pack ${pack}`, { bytes: totalBytes });
  };
}
