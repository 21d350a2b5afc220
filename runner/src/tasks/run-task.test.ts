import { describe, expect, it } from 'vitest';
import { json } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { createFakeFaceEngine } from '../../testing/fake-face-engine.ts';
import { createTaskWorld } from '../../testing/pipeline/task-world.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { createEngines } from '../engines/engines.ts';
import { TaskStopped } from '../lease/stop-reasons.ts';
import { createLogger } from '../logs/logger.ts';

describe('a task', () => {
  it('for a source that this runner cannot serve is skipped with the reason', async () => {
    await using runner = await createTaskWorld();
    expect(await runner.run('1.stashdb', { source: 'stashdb' })).toEqual({
      outcome: 'skipped',
      reason: 'StashDB: STASHDB_API_KEY is not set',
    });
    expect(await runner.run('1.iafd', { kind: 'enrich', source: 'iafd' })).toEqual({
      outcome: 'skipped',
      reason: 'IAFD: FLARESOLVERR_URL is not set, and the site is only read through FlareSolverr',
    });
  });

  it('brings a folder into the catalog; the next one reads nothing again', async () => {
    await using runner = await createTaskWorld();
    expect(await runner.run('1.folder', { source: 'folder' })).toEqual({ outcome: 'done' });
    expect(runner.reports.at(-1)).toMatchObject({
      performers_processed: 4,
      performers_total: 4,
      faces_added: 20,
    });
    expect(await runner.run('2.folder', { source: 'folder', run_id: 2 })).toEqual({ outcome: 'done' });
    expect(runner.reports.at(-1)).toMatchObject({ performers_unchanged: 4, faces_added: 0, bytes: 0 });
    expect(runner.engine.analysed()).toBe(20);
  });

  it('publishes what the catalog holds, and says what it is doing', async () => {
    await using runner = await createTaskWorld();
    await runner.run('1.folder', { source: 'folder' });
    expect(await runner.run('1.publish', { kind: 'publish' })).toEqual({ outcome: 'done' });
    const { opened, published } = runner.server.task('1.publish');
    expect(published).toBe(true);
    expect(opened).toMatchObject({
      version: '2026.03.01',
      manifest: {
        performer_count: 4,
        face_count: 20,
        sources: ['folder'],
        model_pack: 'starter',
        parent_version: null,
      },
      quality: { faces_per_performer: 5, self_recognition: 1 },
    });
    const labels = new Set(runner.reports.map(({ activity }) => activity?.label));
    expect([...labels]).toEqual(
      expect.arrayContaining(['building the index', 'reading back and checking', 'uploading']),
    );
    expect(runner.server.breaches).toEqual([]);
  });

  it('publishes one version, also when the last answer was lost, and the next one in the next run', async () => {
    await using runner = await createTaskWorld();
    await runner.run('1.folder', { source: 'folder' });
    await runner.run('1.publish', { kind: 'publish' });
    runner.server.override('GET /api/versions/{version}', () => json(versionView('2026.03.01')));
    const again = { kind: 'publish', attempt: 2, fence: 2, latest_version: '2026.03.01' } as const;
    expect(await runner.run('1.publish', again)).toEqual({ outcome: 'done' });
    expect(runner.server.task('1.publish').opened).toBeUndefined();

    await runner.run('2.publish', { kind: 'publish', run_id: 2, latest_version: '2026.03.01' });
    const second = runner.server.task('2.publish').opened;
    expect([second?.version, second?.manifest.parent_version]).toEqual(['2026.03.01.1', '2026.03.01']);
  });

  it('is dropped when the catalog knows a newer lease of it, whatever it was doing', async () => {
    await using runner = await createTaskWorld();
    const lost = {
      name: 'TaskStopped',
      reason: 'lease_lost',
      message: expect.stringMatching(/takes nothing more/),
    };
    runner.server.override('GET /api/exclusions', async () => {
      await runner.catalog.forTask(fakeLease('1.folder', { fence: 2 }));
      return json([]);
    });
    await expect(runner.run('1.folder', { source: 'folder' })).rejects.toMatchObject(lost);
    await expect(runner.run('1.folder', { source: 'folder' })).rejects.toMatchObject(lost);
    expect((await catalogStats(runner.catalog)).performers).toBe(0);
  });

  it('ends a publish with the reason of its stop', async () => {
    await using runner = await createTaskWorld();
    await runner.run('1.folder', { source: 'folder' });
    const stopped = AbortSignal.abort(new TaskStopped('cancelled'));
    await expect(runner.run('1.publish', { kind: 'publish' }, stopped)).rejects.toBe(stopped.reason);
    expect(runner.server.task('1.publish').published).toBe(false);
  });

  it('fails a publish of an empty catalog with what to do', async () => {
    await using runner = await createTaskWorld();
    await expect(runner.run('1.publish', { kind: 'publish' })).rejects.toThrow(/nothing to publish/);
  });
});

describe('engines', () => {
  it('open a pack once for all tasks, close it for another, and try anew after a failure', async () => {
    const log = createLogger({ sinks: [], redact: (text) => text });
    const opened: ReturnType<typeof createFakeFaceEngine>[] = [];
    const failures = [new Error('no such GPU')];
    const engines = createEngines(async (packId) => {
      const failure = failures.shift();
      if (failure) throw failure;
      const engine = createFakeFaceEngine({ packId });
      opened.push(engine);
      return engine;
    });
    await expect(engines.get('starter', log)).rejects.toThrow('no such GPU');
    const [one, two] = await Promise.all([engines.get('starter', log), engines.get('starter', log)]);
    expect(one).toBe(two);
    const other = await engines.get('buffalo_l', log);
    expect(opened.map((engine) => engine.isClosed())).toEqual([true, false]);
    await engines.close();
    expect(other).toBe(opened[1]);
    expect(opened.map((engine) => engine.isClosed())).toEqual([true, true]);
  });
});

function versionView(version: string) {
  return {
    version,
    filename: `${version}.zip`,
    size_mb: 1,
    created: '2026-03-01T12:00:00.000Z',
    run_id: 1,
    format: 'stash-sense',
    model_pack: 'starter',
    sources: ['folder'],
    parent: null,
    performers: 4,
    faces: 20,
    quality: { faces_per_performer: 5, single_face_share: 0, self_recognition: 1, warnings: [] },
    artifacts: [],
  };
}
