import type { FaceEngine } from '../faces/engine.ts';
import type { Logger } from '../logs/logger.ts';

/** @throws PackError or EngineError when the pack cannot be used here */
export type OpenEngine = (packId: string, log: Logger) => Promise<FaceEngine>;

export interface Engines {
  /** The engine of a pack, opened once and shared by all tasks, so that their images meet in its batches. */
  get(packId: string, log: Logger): Promise<FaceEngine>;
  close(): Promise<void>;
}

/**
 * One engine at a time: tasks of one run use one pack, and a second set of models may not fit into memory. An engine of
 * another pack is closed when it is asked for a new one.
 */
export function createEngines(open: OpenEngine): Engines {
  let current: { packId: string; engine: Promise<FaceEngine> } | null = null;

  async function close(): Promise<void> {
    const closing = current;
    current = null;
    await closing?.engine.then(
      (engine) => engine.close(),
      () => {},
    );
  }

  function begin(packId: string, log: Logger): Promise<FaceEngine> {
    const before = close();
    const engine = before.then(() => open(packId, log));
    const mine = { packId, engine };
    current = mine;
    // A failure is told to everyone who waits, and the next one tries anew.
    engine.catch(() => {
      if (current === mine) current = null;
    });
    return engine;
  }

  return {
    get: (packId, log) => (current?.packId === packId ? current.engine : begin(packId, log)),
    close,
  };
}
