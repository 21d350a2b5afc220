import { DatabaseSync } from 'node:sqlite';
import { shippedSources } from '@trainer/contract/shipped-sources';
import { expect, it } from 'vitest';
import { Domains, nameUniversalIds } from './universal-id.ts';

const domains = new Domains({ 'my-box': 'example.org', stashdb: 'other.example' });

it.each([
  ['stashdb', 'stashdb.org:7'],
  ['fansdb', 'fansdb.cc:7'],
  ['my-box', 'example.org:7'],
  ['folder', 'folder.org:7'],
  ['gone', 'gone.org:7'],
])('a record of %s is named %s, and found by that name', (endpoint, id) => {
  expect(domains.universalId(endpoint, '7')).toBe(id);
  expect(domains.parse(id)).toEqual({ endpoint, id: '7' });
});

it('what sidecars know is not carried, and the rest comes back from a manifest', () => {
  expect(Domains.of(shippedSources).owners).toEqual({});
  expect(domains.owners).toEqual({ 'my-box': 'example.org' });
  expect(Domains.ofManifest({ domains: domains.owners }).universalId('my-box', '1')).toBe('example.org:1');
  expect(Domains.ofManifest({ domains: 5 }).universalId('my-box', '1')).toBe('my-box.org:1');
});

it('a performer is named by the box that sidecars prefer, then by an owner’s, then by the rest', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE stashbox_ids (performer_id INTEGER, endpoint TEXT, stashbox_performer_id TEXT);
    INSERT INTO stashbox_ids VALUES (1, 'my-box', 'a'), (1, 'javstash', 'b'), (2, 'folder', 'a'), (2, 'my-box', 'b'),
      (3, 'folder', 'c')`);
  nameUniversalIds(db, domains);
  const rows = db.prepare('SELECT performer_id, universal_id FROM temp.universal_ids ORDER BY 1').all();
  expect(rows.map((row) => row.universal_id)).toEqual(['javstash.org:b', 'example.org:b', 'folder.org:c']);
  db.close();
});
