// Runs in the project served-catalog too.
import { reviewReportSchema } from '@trainer/contract/reviews';
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { listAcceptedFaces } from '../catalog/find-images.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { loadPack } from '../models/load-pack.ts';
import { listReviews } from '../reviews/list-reviews.ts';
import { fitReview } from '../reviews/report-reviews.ts';
import { adoptDecisions } from './adopt-decisions.ts';
import { refreshIdentity } from './reconcile.ts';

const { matching } = loadPack('stash-sense');
const comparison = { pack: PACK, matching };

/** One face per image; each is a person (cluster) and how far it is from that person's mean. */
function add(
  catalog: CatalogWriter,
  number: number,
  faces: [person: number, spread?: number][],
  endpoint = 'stashdb',
) {
  const nothing = { country: null, birthDate: null, aliases: [], urls: [] };
  return commitPerformer(catalog, {
    performer: sampleRecord({
      endpoint,
      remoteId: uuid(number),
      name: `Name ${endpoint} ${number}`,
      ...nothing,
    }),
    images: faces.map(([person, spread = 0.35], i) =>
      sampleImage(
        `https://${endpoint}/${number}/${i}`,
        [sampleFace(clusterVector(person, number * 10 + i, spread))],
        {
          source: endpoint,
          sha256: `${number}${i}`.padEnd(64, 'f'),
        },
      ),
    ),
  });
}

const reviewsOf = (catalog: CatalogWriter) => listReviews(catalog, { limit: 100 });
const faces = async (catalog: CatalogWriter, performer: number) =>
  (await listAcceptedFaces(catalog, performer, PACK)).map(({ label }) => label);

describe('comparing faces', () => {
  it('holds back a face that is nearer to another performer than to its own, as a review', async () => {
    const catalog = await freshCatalog();
    const ada = await add(catalog, 1, [[1], [1], [2]]);
    const bo = await add(catalog, 2, [[2], [2]]);
    expect(await refreshIdentity(catalog, comparison)).toMatchObject({ compared: 5, heldBack: 1 });
    expect([await faces(catalog, ada), await faces(catalog, bo)]).toEqual([
      [0, 1],
      [3, 4],
    ]);
    const [review] = await reviewsOf(catalog);
    expect(review).toMatchObject({
      kind: 'doubtful_face',
      summary: 'Name stashdb 1 and Name stashdb 2: the face is nearer to another performer than to its own',
      decision: null,
    });
    expect(review?.distance).toBeLessThan(0.35);
    expect(review?.evidence).toContainEqual({
      label: 'face from',
      value: 'stashdb',
      url: 'https://stashdb/1/2',
    });
    catalog.close();
  });

  it('looks at each face once, and at old ones with the eyes of new ones', async () => {
    const catalog = await freshCatalog();
    const ada = await add(catalog, 1, [[1], [1], [2]]);
    expect(await refreshIdentity(catalog, comparison)).toMatchObject({ compared: 3, heldBack: 0 });
    expect(await refreshIdentity(catalog, comparison)).toMatchObject({ compared: 0 });
    await add(catalog, 2, [[2], [2]]);
    expect(await refreshIdentity(catalog, comparison)).toMatchObject({ compared: 2, heldBack: 1 });
    expect(await faces(catalog, ada)).toEqual([0, 1]);
    catalog.close();
  });

  it('finds the same in small parts as in one', async () => {
    const catalog = await freshCatalog();
    const ada = await add(catalog, 1, [[1], [1], [2]]);
    await add(catalog, 2, [[2], [2]]);
    await refreshIdentity(catalog, { ...comparison, facesPerPart: 2 });
    expect(await faces(catalog, ada)).toEqual([0, 1]);
    catalog.close();
  });

  it('suspects two performers with hardly different faces to be one, and takes nothing from either', async () => {
    const catalog = await freshCatalog();
    await add(catalog, 1, [[1, 0.05], [1]]);
    await add(catalog, 2, [[1, 0.05], [1]], 'pmvstash');
    expect(await refreshIdentity(catalog, comparison)).toMatchObject({ heldBack: 0 });
    const [review, ...others] = await reviewsOf(catalog);
    expect(others).toEqual([]);
    expect(review).toMatchObject({
      kind: 'duplicate',
      key: `duplicate pmvstash:${uuid(2)} stashdb:${uuid(1)}`,
    });
    expect(review?.distance).toBeLessThan(matching.duplicate);
    catalog.close();
  });

  it('finds equal pictures of two performers at a distance that a report may carry', async () => {
    const catalog = await freshCatalog();
    for (const number of [1, 2, 3, 4, 5, 6]) {
      const people: [number, number][] = [[Math.ceil(number / 2), 0]];
      await add(catalog, number, people, number % 2 === 0 ? 'pmvstash' : 'stashdb');
    }
    await refreshIdentity(catalog, comparison);
    const found = await reviewsOf(catalog);
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const { distance } of found) expect(distance).toBeGreaterThanOrEqual(0);
    const stored = await catalog.client.execute('SELECT min(distance) AS least FROM reviews');
    expect(Number(stored.rows[0]?.least)).toBeGreaterThanOrEqual(0);

    // As a catalog of an earlier program has it.
    const evidence = { ownDistance: 0.4, otherDistance: -2.4e-7 };
    await catalog.client.execute({
      sql: 'UPDATE reviews SET distance = -2.4e-7, evidence = ?',
      args: [JSON.stringify(evidence)],
    });
    for (const review of await reviewsOf(catalog)) {
      expect(review.distance).toBe(0);
      expect(review.evidence.map(({ value }) => value)).toContain('0.000');
      reviewReportSchema.parse({ fence: 1, reviews: [fitReview(review)] });
    }
    catalog.close();
  });

  it('keeps a face that somebody says is right, until that is taken back', async () => {
    const catalog = await freshCatalog();
    const ada = await add(catalog, 1, [[1], [1], [2]]);
    await add(catalog, 2, [[2], [2]]);
    await refreshIdentity(catalog, comparison);
    const key = (await reviewsOf(catalog))[0]?.key ?? '';
    const decided = { key, decision: 'same', actor: 'someone' } as const;
    expect(await adoptDecisions(catalog, [decided])).toEqual([]);
    expect(await faces(catalog, ada)).toEqual([0, 1]);

    expect((await refreshIdentity(catalog, comparison)).applied).toEqual([key]);
    expect(await faces(catalog, ada)).toEqual([0, 1, 2]);
    expect((await refreshIdentity(catalog, comparison)).applied).toEqual([]);

    await adoptDecisions(catalog, []);
    await refreshIdentity(catalog, comparison);
    expect(await faces(catalog, ada)).toEqual([0, 1]);
    catalog.close();
  });
});
