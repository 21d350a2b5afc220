import { limits } from '@trainer/contract/limits';
import { type Explanation, explanationSchema } from '@trainer/contract/questions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { clusterVector, sampleFace, sampleImage, sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { anExclusion, takenBack } from '../../testing/exclusions/an-exclusion.ts';
import {
  type FakeControlPlane,
  startFakeControlPlane,
} from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { createApi } from '../control/api.ts';
import { openExclusionFilter } from '../exclusions/open-exclusion-filter.ts';
import { explainQuestion } from './answer-questions.ts';
import { fitExplanation } from './fit-explanation.ts';

let server: FakeControlPlane;
let catalog: CatalogWriter;
beforeEach(async () => {
  server = await startFakeControlPlane();
  catalog = await freshCatalog();
});
afterEach(() => server.close());

const explain = (about: string, may_see_exclusions = true) => {
  const session = createApi({ baseUrl: server.url, token: server.token });
  return explainQuestion({ id: 'q', about, may_see_exclusions }, { catalog, session });
};
const reasons = async (...asked: Parameters<typeof explain>) =>
  (await explain(...asked)).attempts.map(({ source, what, why_not }) => [source, what, why_not]);

describe('an answer', () => {
  it('says why each face is here, and fits what the control plane takes', async () => {
    const images = [sampleImage('https://a/1.jpg', [sampleFace(clusterVector(1, 1))])];
    await commitPerformer(catalog, { performer: sampleRecord(), images });
    const answer = await explain('Ada Example');
    expect(answer.performers).toMatchObject([
      { name: 'Ada Example', ids: [`stashdb.org:${uuid(1)}`], faces: [{ image_url: 'https://a/1.jpg' }] },
    ]);
    explanationSchema.parse(answer);
  });

  it.each([
    ['its id', `stashdb.org:${uuid(1)}`],
    ['its id alone', uuid(1)],
    ['its page', `https://stashdb.org/performers/${uuid(1)}`],
    ['its address elsewhere', 'https://www.iafd.com/person.rme/perfid=ada'],
  ])('names the exclusion that keeps somebody out, asked by %s', async (_, about) => {
    const value = { endpoint: 'stashdb', id: uuid(1) } as const;
    server.exclusions.push(anExclusion(4, { kind: 'stash_box_id', value }));
    const exclusionFilter = await openExclusionFilter(
      catalog,
      async () => server.exclusions,
      new AbortController().signal,
    );
    const refusal = await exclusionFilter.refusalOf(sampleRecord());
    if (!refusal) throw new Error('The exclusion filter did not refuse her');
    await exclusionFilter.refuse(sampleRecord(), refusal);
    expect(await reasons(about)).toContainEqual([
      'exclusions',
      'exclusion 4',
      'an exclusion keeps this person out of every version',
    ]);
    expect(JSON.stringify(await reasons(about, false))).not.toContain('exclusion');
  });

  it('names exclusions of that name with the year, and not those that were taken back', async () => {
    const named = (id: number, birth_year: number) =>
      anExclusion(id, { kind: 'name', value: { name: 'Ada EXAMPLE', birth_year } });
    server.exclusions.push(named(1, 1990), takenBack(named(2, 1991)));
    expect((await reasons('ada example'))[0]).toEqual([
      'exclusions',
      'exclusion 1',
      'an exclusion keeps this person (born 1990) out of every version',
    ]);
    expect(await reasons('ada example')).toHaveLength(2);
    expect(JSON.stringify(await reasons('bea example'))).not.toContain('exclusion');
  });

  it('says that somebody was too young, to everybody', async () => {
    const young = sampleRecord({ birthDate: '2015-01-01' });
    const exclusionFilter = await openExclusionFilter(catalog, async () => [], new AbortController().signal);
    const refusal = await exclusionFilter.refusalOf(young);
    if (!refusal) throw new Error('The exclusion filter did not refuse her');
    await exclusionFilter.refuse(young, refusal);
    expect((await reasons(uuid(1), false))[0]).toEqual([
      'eligibility',
      'the dates',
      'the birth date that a source gives makes this person younger than 18',
    ]);
  });
});

describe('what is too large for an answer', () => {
  it('is cut until it fits, and says so; what is no address is no link', () => {
    const face = { source: 's', page_url: null, at: null, rule: 'r', distance: null };
    const faces = Array.from({ length: 500 }, (_, index) => ({
      ...face,
      image_url: index === 0 ? 'https://no address' : `https://example.org/${'x'.repeat(1_800)}`,
    }));
    const performers = [{ name: 'Ada', ids: [], links: [], faces }];
    const whole: Explanation = { performers, performers_total: 1, attempts: [], summary: 'Ada is here.' };
    const cut = fitExplanation(whole);
    expect(JSON.stringify(cut).length).toBeLessThanOrEqual(limits.answerMaxLength);
    expect(cut.performers[0]?.faces.length).toBeGreaterThan(100);
    expect(cut.performers[0]?.faces[0]?.image_url).toBeNull();
    expect(cut.summary).toBe('Ada is here. Not all of it is shown.');
  });
});
