import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that goes with `remove`, or with the process if that ends before, unless it is killed outright. */
export async function temporaryFolder(prefix: string): Promise<{ dir: string; remove: () => void }> {
  const dir = await mkdtemp(join(tmpdir(), prefix));
  const removeNow = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', removeNow);
  return {
    dir,
    remove() {
      process.off('exit', removeNow);
      removeNow();
    },
  };
}
