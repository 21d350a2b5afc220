import { shippedIds } from '@trainer/contract/shipped-sources';
import { measureBoxes, measureFolder, measureThePornDb } from './sources/creators.ts';
import { measureSites, measureStash } from './sources/enrichers.ts';

// Every source of the registry, in every mode that it has, against the local servers in its shape: what it brings into the catalog
// and what that costs. Time is virtual, and faces are those of the deterministic engine that the tests use: what is measured here
// is sources, and recognition has benches of its own. Goal: no unexpected error anywhere, and faces from everyone.

const people = 40;

const measured = [
  ...(await measureBoxes(people)),
  await measureThePornDb(people),
  ...(await measureSites(people)),
  await measureFolder(people),
  await measureStash(people),
];
const rows = measured.toSorted(
  (one, other) => shippedIds.indexOf(one.source) - shippedIds.indexOf(other.source),
);
const missing = shippedIds.filter((id) => !rows.some(({ source }) => source === id));
console.log(`${people} performers; faces of the deterministic engine`);
console.table(rows.map(({ unexpected, ...row }) => ({ ...row, 'unexpected errors': unexpected.length })));
for (const { source, mode, unexpected } of rows.filter((row) => row.unexpected.length > 0)) {
  console.log(`${source} (${mode}): ${[...new Set(unexpected)].slice(0, 3).join('\n  ')}`);
}
if (missing.length > 0) console.log(`Not measured: ${missing.join(', ')}`);
const isFine =
  missing.length === 0 && rows.every(({ unexpected, faces }) => unexpected.length === 0 && faces > 0);
// Who is the same over all sources belongs to the same report; it judges its own goals.
await import('./identity.ts');
if (!isFine) process.exitCode = 1;
