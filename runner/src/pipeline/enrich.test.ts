import { sourceEntry, sourceIds } from '@trainer/shared/sources';
import { describe, expect, it } from 'vitest';
import { packKey } from './pack-key.ts';
import { crowdOf } from './testing/enrich-world.ts';

const sites = sourceIds.filter((id) => sourceEntry(id).protocol === 'page');

describe('enriching', () => {
  it.for(sites)(
    'adds faces from %s, with what led to them, and asks for nothing the second time',
    async (site) => {
      await using crowd = await crowdOf({ people: 3, sites: [site] });
      const run = crowd.begin();
      expect(await run(site)).toEqual({ outcome: 'done' });
      expect(crowd.lines.filter(({ level }) => level !== 'info')).toEqual([]);
      const progress = crowd.reports.at(-1);
      expect(progress).toMatchObject({ performers_processed: 3, performers_total: 3, errors: 0 });
      expect(progress?.faces_added).toBeGreaterThanOrEqual(3);
      const images = await crowd.catalog.imagesOf(1, packKey(crowd.engine.pack));
      const found = images.filter(({ source }) => source === site);
      expect(found[0]).toMatchObject({
        outcome: 'accepted',
        pageUrl: expect.any(String),
        rule: expect.any(String),
      });
      const asked = crowd.sites.get(site)?.asked ?? [];
      const before = asked.length;
      const analysed = crowd.engine.analysed();
      expect(await run(site, { run: 2 })).toEqual({ outcome: 'done' });
      expect(asked.slice(before).filter(({ status }) => status === 200)).toEqual([]);
      expect(crowd.engine.analysed()).toBe(analysed);
    },
  );
});
