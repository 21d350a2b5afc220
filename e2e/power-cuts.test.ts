import { setTimeout as elapsed } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
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
/** Few are enough for seconds of work, and every cut has some of it done again. */
const trainerOptions = { people: 6, runnerEnv: { INFERENCE_WORKERS: '1' } };

/** Enough to be anywhere between opening the models and the last performer, ms. */
const INGEST_SPAN_MS = 2_500;
/** About as long as it takes to make and upload a version of this size, ms. */
const PUBLISH_SPAN_MS = 700;

describe('kill -9 at any moment of a build', () => {
  const random = seededRandom(seed);
  const undisturbed = Promise.withResolvers<VersionContent>();

  // All three at once: each waits for processes to start most of the time.
  it.concurrent('and without, the reference', async () => {
    await using trainer = await openTrainer(trainerOptions);
    expect(await trainer.build()).toMatchObject({ status: 'completed' });
    undisturbed.resolve(await latestContent(trainer));
    const faces = [...(await undisturbed.promise).values()].flatMap((performer) => [
      ...performer.faces.keys(),
    ]);
    expect(faces).toHaveLength(36);
  });

  it.concurrent('of the runner, ten times, loses nobody and doubles nothing', async ({ onTestFailed }) => {
    const cuts = [
      ...moments(8, INGEST_SPAN_MS).map((waitMs) => ({ task: /Task \S+ begins/, waitMs })),
      ...moments(2, PUBLISH_SPAN_MS).map((waitMs) => ({ task: /Task \d+\.publish begins/, waitMs })),
    ];
    onTestFailed(() => console.error(`SEED=${seed}`, cuts));
    await using trainer = await openTrainer(trainerOptions);
    const build = await openBuild(trainer);
    for (const { task, waitMs } of cuts) {
      await build.goOn();
      await trainer.runner().printed(task);
      await elapsed(waitMs); // the random moment is the subject of this test
      await trainer.runner().kill9();
      trainer.restartRunner();
    }
    expect(await build.ended(), trainer.explain()).toMatchObject({ status: 'completed' });
    expect(differences(await latestContent(trainer), await undisturbed.promise)).toEqual([]);
  });

  it.concurrent('of the control plane, five times, loses nobody and doubles nothing', async ({
    onTestFailed,
  }) => {
    const cuts = moments(5, INGEST_SPAN_MS);
    onTestFailed(() => console.error(`SEED=${seed}`, cuts));
    await using trainer = await openTrainer(trainerOptions);
    const build = await openBuild(trainer);
    for (const waitMs of cuts) {
      await build.goOn();
      await elapsed(waitMs); // the random moment is the subject of this test
      await trainer.controlPlane().kill9();
      await trainer.restartControlPlane();
    }
    expect(await build.ended(), trainer.explain()).toMatchObject({ status: 'completed' });
    expect(differences(await latestContent(trainer), await undisturbed.promise)).toEqual([]);
  });

  function moments(count: number, spanMs: number): number[] {
    return Array.from({ length: count }, () => Math.round(random() * spanMs));
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
    ended: () => trainer.ended(id),
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
