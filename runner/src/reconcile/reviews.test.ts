// Runs in the project served-catalog too.
import { describe, expect, it } from 'vitest';
import { type FreshCatalog, freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { PACK, sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { findRecord } from '../catalog/find-record.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { loadPack } from '../models/load-pack.ts';
import { listReviews } from '../reviews/list-reviews.ts';
import { adoptDecisions } from './adopt-decisions.ts';
import { refreshIdentity } from './reconcile.ts';

const nothing = { country: null, birthDate: null, gender: null, aliases: [], urls: [] };
const record = (endpoint: string, number: number, changes: Partial<PerformerRecord> = {}) =>
  sampleRecord({ endpoint, remoteId: uuid(number), name: 'Ada Bee', ...nothing, ...changes });
const key = `duplicate pmvstash:${uuid(2)} stashdb:${uuid(1)}`;
const iafd = { urls: ['https://www.iafd.com/person.rme/perfid=ada'] };

async function catalogOf(...records: PerformerRecord[]): Promise<FreshCatalog> {
  const catalog = await freshCatalog();
  for (const performer of records) await commitPerformer(catalog, { performer, images: [] });
  return catalog;
}

const refresh = (catalog: FreshCatalog) =>
  refreshIdentity(catalog, { pack: PACK, matching: loadPack('starter').matching });
const rules = async (catalog: FreshCatalog) =>
  (await listReviews(catalog, { limit: 100 })).map(({ kind, evidence }) => `${kind}: ${evidence[0]?.value}`);
const areOne = async (catalog: FreshCatalog) =>
  (await findRecord(catalog, 'stashdb', uuid(1)))?.performerId ===
  (await findRecord(catalog, 'pmvstash', uuid(2)))?.performerId;

describe('reviews', () => {
  it('suspect performers with the same name, unless something contradicts it', async () => {
    const catalog = await catalogOf(
      record('stashdb', 1, { birthDate: '1990' }),
      record('pmvstash', 2),
      record('fansdb', 3, { birthDate: '1970' }),
    );
    expect((await refresh(catalog)).suspectedByName).toBe(2);
    expect((await listReviews(catalog, { limit: 10 })).map((review) => review.key)).toEqual([
      `duplicate fansdb:${uuid(3)} pmvstash:${uuid(2)}`,
      key,
    ]);
    catalog.close();
  });

  it('suspect similar names with the same country and birth date', async () => {
    const born = { country: 'US', birthDate: '1990-02-03' };
    const catalog = await catalogOf(
      record('stashdb', 1, { name: 'Annabel Lee', ...born }),
      record('pmvstash', 2, { name: 'Anabella Leigh', ...born }),
      record('fansdb', 3, { name: 'Zoe Quick', ...born }),
    );
    await refresh(catalog);
    expect(await rules(catalog)).toEqual(['duplicate: similar names, the same country and birth date']);
    catalog.close();
  });

  it('show what contradicts itself, and are gone when it no longer does', async () => {
    const catalog = await catalogOf(
      record('stashdb', 1, { ...iafd, birthDate: '1970' }),
      record('pmvstash', 2, { ...iafd, birthDate: '1990' }),
    );
    await refresh(catalog);
    expect(await rules(catalog)).toEqual([
      'conflict: they share evidence, and their birth dates are years apart',
    ]);
    expect(await areOne(catalog)).toBe(false);
    await commitPerformer(catalog, {
      performer: record('pmvstash', 2, { ...iafd, birthDate: '1970' }),
      images: [],
    });
    expect(await areOne(catalog)).toBe(true);
    expect(await rules(catalog)).toEqual([]);
    catalog.close();
  });

  it('have decisions that are applied in the next run, and taken back', async () => {
    const catalog = await catalogOf(
      record('stashdb', 1, { ...iafd, birthDate: '1970' }),
      record('pmvstash', 2, { ...iafd, birthDate: '1990' }),
    );
    await adoptDecisions(catalog, [{ key, decision: 'same', actor: 'someone' }]);
    expect(await areOne(catalog)).toBe(false);
    expect((await refresh(catalog)).applied).toEqual([key]);
    expect(await areOne(catalog)).toBe(true);
    // Also when the record comes anew.
    await commitPerformer(catalog, { performer: record('stashdb', 1, { birthDate: '1971' }), images: [] });
    expect(await areOne(catalog)).toBe(true);

    await adoptDecisions(catalog, []);
    await refresh(catalog);
    expect(await areOne(catalog)).toBe(false);
    catalog.close();
  });

  it('can part whom the records bring together', async () => {
    const catalog = await catalogOf(record('stashdb', 1), record('pmvstash', 2));
    await refresh(catalog);
    await adoptDecisions(catalog, [{ key, decision: 'different', actor: 'someone' }]);
    await refresh(catalog);
    await commitPerformer(catalog, { performer: record('stashdb', 1, iafd), images: [] });
    await commitPerformer(catalog, { performer: record('pmvstash', 2, iafd), images: [] });
    expect(await areOne(catalog)).toBe(false);
    await adoptDecisions(catalog, []);
    await refresh(catalog);
    expect(await areOne(catalog)).toBe(true);
    catalog.close();
  });

  it('take over the decisions that are kept elsewhere, and forget those that are not among them', async () => {
    const catalog = await catalogOf(record('stashdb', 1), record('pmvstash', 2));
    await refresh(catalog);
    const strange = { key: 'duplicate x:1 y:2', decision: 'same', actor: 'a' } as const;
    const unknown = await adoptDecisions(catalog, [{ key, decision: 'same', actor: 'a' }, strange]);
    expect(unknown).toEqual([strange.key]);
    await refresh(catalog);
    expect(await areOne(catalog)).toBe(true);
    await adoptDecisions(catalog, []);
    await refresh(catalog);
    expect(await areOne(catalog)).toBe(false);
    catalog.close();
  });
});
