import type { RunDetail } from '@trainer/contract/runs';
import type { VersionView } from '@trainer/contract/versions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrainer, type Trainer } from './trainer.ts';
import { contentOf, downloadVersion, withVersion } from './version-content.ts';

describe('a build of the demo, from stash-box to version', () => {
  let trainer: Trainer;
  let run: RunDetail;
  let versions: VersionView[];

  beforeAll(async () => {
    trainer = await openTrainer();
    run = await trainer.build();
    versions = await trainer.call('GET /api/versions');
  });
  afterAll(() => trainer?.[Symbol.asyncDispose]());

  it('ends completed, with everybody and 120 faces', () => {
    expect(run, trainer.explain()).toMatchObject({
      status: 'completed',
      performers: 20,
      faces: 120,
    });
    expect(run.tasks.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(versions).toMatchObject([{ version: run.version, performers: 20, faces: 120, run_id: run.id }]);
  });

  it('counts every spoiled picture with its reason', () => {
    const rejections = Object.keys(run.tasks[0]?.progress.rejections ?? {});
    const reasons = [
      'no_face',
      'multi_face',
      'image_too_small',
      'face_too_small',
      'image_missing',
      'damaged_image',
    ];
    expect(rejections).toEqual(expect.arrayContaining(reasons));
  });

  it('gives a version that can be downloaded, holds what it says, and has every face nearest to one of the same person', async () => {
    const [view] = versions;
    if (!view) throw new Error('There is no version');
    const zip = await downloadVersion(trainer.call, view, trainer.dir);
    await withVersion(zip, async (version) => {
      expect(await version.verify()).toEqual([]);
      const content = await contentOf(version);
      expect(content.size).toBe(20);
      expect([...content.values()].map(({ faces }) => faces.size)).toEqual(Array(20).fill(6));
      const labels = [...content.keys()].flatMap((id) => {
        const performer = version.performerByUniversalId(id);
        return performer
          ? version.faceLabels(performer.id).map((label) => [label, performer.id] as const)
          : [];
      });
      expect(labels).toHaveLength(120);
      for (const [label, id] of labels) {
        expect((await version.nearest('facenet', label, 1))[0]?.performer.id).toBe(id);
      }
    });
  });

  it('asks for no picture and analyses none when it is built again', async () => {
    const before = trainer.box.requests.count('/images/');
    const second = await trainer.build();
    expect(second, trainer.explain()).toMatchObject({
      status: 'completed',
      performers: 20,
      faces: 120,
      diff: { against: run.id, performers_delta: 0, faces_delta: 0 },
    });
    expect(trainer.box.requests.count('/images/')).toBe(before);
    expect(second.tasks.reduce((sum, { progress }) => sum + progress.images, 0)).toBe(0);
  });
});
