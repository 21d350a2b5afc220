import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { until } from './programs/until.ts';
import type { Trainer } from './trainer.ts';

export interface HeldBuild {
  id: number;
  /** Lets the stash-box answer again. */
  letGo: () => void;
}

/** Starts a build whose stash-box gives twelve pictures and then no more, so that it stays in the middle of its work. */
export async function holdInTheMiddle(trainer: Trainer): Promise<HeldBuild> {
  const { box, explain } = trainer;
  const before = box.requests.count('/images/');
  const letGo = box.hold({ path: '/images/', after: 12 });
  const id = await trainer.start({ full: true });
  await until('pictures are asked for', () => box.requests.count('/images/') > before + 12, { explain });
  return { id, letGo };
}

/** Resolves when the answer to a heartbeat that was sent after this call has reached the runner, or when no lease is left. */
export async function heartbeatsAgain({ controlPlaneDir, explain }: Trainer): Promise<void> {
  using database = new DatabaseSync(join(controlPlaneDir, 'control-plane.db'), { readOnly: true });
  const expiry = () => {
    const { at } =
      database.prepare("SELECT max(lease_expires_at) AS at FROM tasks WHERE status = 'leased'").get() ?? {};
    return at === null ? Number.POSITIVE_INFINITY : Number(at);
  };
  // The first may have been answered before the call, the second was sent after it, and the third after its answer.
  for (let beats = 0, last = expiry(); beats < 3 && Number.isFinite(last); beats += 1) {
    last = await until('the runner beats', () => expiry() > last && expiry(), { explain });
  }
}
