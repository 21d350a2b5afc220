import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { PACK, testDeps, uuid } from '../../testing/catalog/samples.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { findRecord } from '../catalog/find-record.ts';
import { openCatalog } from '../catalog/open-catalog.ts';
import { readCursor } from '../catalog/task-state.ts';

const WRITER = new URL('../../testing/catalog/endless-writer.ts', import.meta.url);

describe('a catalog whose writer was killed', () => {
  it('holds every performer that was acknowledged, each whole, with labels without doubles', async () => {
    const path = join(freshFolder(), 'catalog.db');
    const writer = spawn(process.execPath, [WRITER.pathname, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    for await (const chunk of writer.stdout) {
      acknowledged += String(chunk).length;
      if (acknowledged >= 40) break;
    }
    writer.kill('SIGKILL');
    await once(writer, 'exit');

    const catalog = await openCatalog(path, testDeps);
    const { performers, packs } = await catalogStats(catalog);
    expect(performers).toBeGreaterThanOrEqual(acknowledged);
    expect(packs).toMatchObject([{ pack: PACK, faces: performers * 2, labels: performers * 2 }]);
    expect(await readCursor(catalog, 'stashdb')).toEqual({ next: performers });
    expect(await findRecord(catalog, 'stashdb', uuid(performers - 1))).not.toBeNull();
    catalog.close();
  });
});
