import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedSource, shippedSources } from '@trainer/contract/shipped-sources';
import type { SourceId } from '@trainer/contract/sources';
import { ingest } from '../../src/ingest/ingest.ts';
import { picture } from '../../testing/fake-face-engine.ts';
import { crowdOf } from '../../testing/pipeline/enrich-world.ts';
import { personOf } from '../../testing/sites/crowd.ts';
import { uuidOf } from '../../testing/stash-box/performer.ts';
import { startStashBox } from '../../testing/stash-box/start-stash-box.ts';
import { resourceOf } from '../../testing/theporndb/resource.ts';
import { startThePornDb } from '../../testing/theporndb/start-theporndb.ts';
import { measure, type Row } from './measure.ts';

const PICTURES = [1, 2, 3];
const BOXES = shippedSources.filter(({ protocol }) => protocol === 'stash-box').map(({ id }) => id);

/** Everybody who is in a source, with three pictures each. */
function peopleOf(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const { name } = personOf(i + 1);
    const pictures = PICTURES.map((note) => picture({ faces: [{ person: name }], note: String(note) }));
    return { name, pictures };
  });
}

/** A source that creates performers, against an empty catalog. */
async function ingestFrom(source: SourceId, variables: Record<string, string>): Promise<Row> {
  await using crowd = await crowdOf({ people: 0, sites: [] });
  const run = crowd.begin(crowd.registry({ settings: (name) => variables[name] }), ingest);
  return await measure(crowd, run, source);
}

export async function measureBoxes(count: number): Promise<Row[]> {
  const people = peopleOf(count);
  const images = people.flatMap(({ name, pictures }) =>
    pictures.map((content, i) => ({ id: uuidOf(`${name} ${i}`), width: 600, height: 900 - i, content })),
  );
  const performers = people.map(({ name, pictures }) => ({
    name,
    created: new Date('2020-01-01'),
    images: pictures.map((_, i) => uuidOf(`${name} ${i}`)),
  }));
  const box = await startStashBox({ performers, images });
  const rows: Row[] = [];
  for (const id of BOXES) {
    const { key_variable: keyVariable, url_variable: urlVariable } = shippedSource(id) ?? {};
    const variables = { [keyVariable ?? '']: box.apiKey, [urlVariable ?? '']: box.url };
    rows.push(await ingestFrom(id, variables));
  }
  await box.close();
  return rows;
}

export async function measureThePornDb(count: number): Promise<Row> {
  const people = peopleOf(count);
  const path = (name: string, i: number) => `/pictures/${encodeURIComponent(name)}-${i}.jpg`;
  const pictures = Object.fromEntries(
    people.flatMap(({ name, pictures: all }) => all.map((content, i) => [path(name, i), content])),
  );
  await using server = await startThePornDb({ pictures });
  for (const { name, pictures: all } of people) {
    const posters = all.map((_, i) => ({ url: server.url + path(name, i), order: i }));
    server.rows.push(resourceOf({ name, posters }));
  }
  return await ingestFrom('theporndb', { THEPORNDB_API_KEY: server.token, THEPORNDB_URL: server.url });
}

export async function measureFolder(count: number): Promise<Row> {
  const root = mkdtempSync(join(tmpdir(), 'bench-folder-'));
  try {
    for (const { name, pictures } of peopleOf(count)) {
      mkdirSync(join(root, name));
      for (const [i, content] of pictures.entries()) writeFileSync(join(root, name, `${i}.jpg`), content);
    }
    return await ingestFrom('folder', { FOLDER_DIR: root });
  } finally {
    rmSync(root, { recursive: true });
  }
}
