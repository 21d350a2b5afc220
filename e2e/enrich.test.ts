import type { RunDetail } from '@trainer/contract/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStash } from '../runner/testing/stash/start-stash.ts';
import { demoCacheDir } from './demo/cache-dir.ts';
import { makeWorld } from './demo/make-world.ts';
import { openTrainer, type Trainer } from './trainer.ts';

const PEOPLE = 3;
/** Faces per performer from each source. */
const FACES = 2;

type Library = Awaited<ReturnType<typeof startStash>>;

/** Real photographs, models and programs: what the stash-box has no room for is taken from the owner's own Stash. */
describe('a build from a stash-box and the owner’s own Stash', () => {
  let stash: Library;
  let trainer: Trainer;
  let run: RunDetail;

  beforeAll(async () => {
    stash = await openLibrary();
    const runnerEnv = { STASH_URL: stash.url, STASH_API_KEY: stash.apiKey };
    trainer = await openTrainer({ people: PEOPLE, runnerEnv });
    run = await trainer.build({ sources: ['stashdb', 'stash', 'iafd'], max_faces_per_source: FACES });
  });
  afterAll(async () => {
    await trainer?.[Symbol.asyncDispose]();
    await stash?.[Symbol.asyncDispose]();
  });

  /** The last pictures of everybody, under the ids that StashDB gave them. */
  async function openLibrary(): Promise<Library> {
    const { performers, images } = await makeWorld(demoCacheDir());
    const contents = new Map(images.map(({ id, content }) => [id, content]));
    const known = performers.filter(({ deleted }) => !deleted).slice(0, PEOPLE);
    const entries = known.flatMap(({ id = '', name, images: listed = [] }) =>
      listed.slice(-FACES * 2).map((image) => ({ id, name, picture: contents.get(image) ?? null })),
    );
    return startStash({
      performers: entries.map(({ id, name, picture }, i) => ({
        id: String(i + 1),
        name,
        stash_ids: [{ endpoint: 'https://stashdb.org/graphql', stash_id: id }],
        updatedAtS: 1_700_000_000,
        picture,
      })),
    });
  }

  const taskOf = ({ tasks }: RunDetail, source: string) => tasks.find((task) => task.source === source);

  it('adds faces to performers whom the stash-box created, and creates none', () => {
    expect(run, trainer.explain()).toMatchObject({ status: 'completed', performers: PEOPLE });
    const { progress } = taskOf(run, 'stash') ?? {};
    expect(progress).toMatchObject({ performers_processed: PEOPLE, performers_total: PEOPLE, errors: 0 });
    expect(progress?.faces_added).toBeGreaterThan(0);
    expect(run.faces).toBe(PEOPLE * FACES + (progress?.faces_added ?? 0));
  });

  it('skips what this runner cannot use, with the reason', () => {
    expect(taskOf(run, 'iafd')).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('FLARESOLVERR_URL is not set'),
    });
  });

  it('ends with what was asked of whom', () => {
    expect(trainer.runner().output()).toMatch(/The whole run, 2 hosts: \d+ requests, .* waited \d+ s/);
  });

  it('asks the library for no picture again', async () => {
    const pictures = () => stash.requests.filter(({ url }) => url?.endsWith('/image')).length;
    const before = pictures();
    const second = await trainer.build({ sources: ['stashdb', 'stash'], max_faces_per_source: FACES });
    expect(second, trainer.explain()).toMatchObject({ status: 'completed', faces: run.faces });
    expect(pictures()).toBe(before);
  });
});
