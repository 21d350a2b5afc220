import { setTimeout as elapsed } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { until } from './programs/until.ts';
import { seededRandom } from './seeded-random.ts';
import { openTrainer, type Trainer } from './trainer.ts';
import {
  contentOf,
  differences,
  downloadVersion,
  type VersionContent,
  withVersion,
} from './version-content.ts';

/** `SEED=123 npx vitest run e2e/power-cuts.test.ts` cuts at the same moments again. */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const runnerEnv = { INFERENCE_WORKERS: '1' };

describe('kill -9 at any moment of a build', () => {
  const random = seededRandom(seed);
  let undisturbed: VersionContent;
  let buildMs: number;

  beforeAll(async () => {
    await using trainer = await openTrainer({ runnerEnv });
    const id = await trainer.start();
    await trainer.runner().printed(/Task \S+ begins/);
    const beganAt = performance.now();
    await trainer.ended(id);
    buildMs = performance.now() - beganAt;
    undisturbed = await latestContent(trainer);
    expect([...undisturbed.values()].flatMap(({ faces }) => [...faces.keys()])).toHaveLength(120);
  }, 120_000);

  it('of the runner, ten times, loses nobody and doubles nothing', async () => {
    await using trainer = await openTrainer({ runnerEnv });
    await cutTenTimes(trainer);
    expect(differences(await latestContent(trainer), undisturbed)).toEqual([]);
  }, 180_000);

  it('of the control plane, five times, loses nobody and doubles nothing', async () => {
    await using trainer = await openTrainer({ runnerEnv });
    const cuts = moments(5, buildMs / 5);
    const build = await openBuild(trainer);
    for (const waitMs of cuts) {
      await build.goOn();
      await elapsed(waitMs); // the random moment is the subject of this test
      await trainer.controlPlane().kill9();
      await trainer.restartControlPlane();
    }
    expect(await build.ended()).toMatchObject({ status: 'completed' });
    expect(differences(await latestContent(trainer), undisturbed)).toEqual([]);
  }, 120_000);

  /** Eight cuts from the first request on, and two while the version is made. */
  async function cutTenTimes(trainer: Trainer): Promise<void> {
    const early = moments(8, buildMs / 4).map((waitMs) => ({ task: /Task \S+ begins/, waitMs }));
    const late = moments(2, buildMs / 10).map((waitMs) => ({ task: /Task \d+\.publish begins/, waitMs }));
    const build = await openBuild(trainer);
    for (const { task, waitMs } of [...early, ...late]) {
      await build.goOn();
      await trainer.runner().printed(task, 60_000);
      await elapsed(waitMs); // the random moment is the subject of this test
      await trainer.runner().kill9();
      trainer.restartRunner();
    }
    expect(await build.ended()).toMatchObject({ status: 'completed' });
  }

  function moments(count: number, withinMs: number): number[] {
    const waits = Array.from({ length: count }, () => Math.round(random() * withinMs));
    onTestFailed(() => console.error(`SEED=${seed}: cut ${waits.join(', ')} ms after the work had begun`));
    return waits;
  }
});

/** A build that is under way whenever somebody asks: on a fast machine the last cut may come after its end. */
async function openBuild(trainer: Trainer) {
  let id = await trainer.start();
  const isOver = async () => (await trainer.read(id)).finished_at !== null;
  return {
    goOn: async () => {
      if (await isOver()) id = await trainer.start({ full: true });
    },
    ended: () => trainer.ended(id, 90_000),
  };
}

async function latestContent(trainer: Trainer): Promise<VersionContent> {
  const view = await until('a version is there', async () => (await trainer.call('GET /api/versions'))[0]);
  const zip = await downloadVersion(trainer.call, view, trainer.dir);
  return withVersion(zip, async (version) => {
    expect(await version.verify()).toEqual([]);
    return contentOf(version);
  });
}
