import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { VersionView } from '@trainer/contract/versions';
import { expect, it } from 'vitest';
import type { VersionReader } from '../runner/src/versions/read-version.ts';
import type { Edge } from './programs/control-plane.ts';
import { openTrainer } from './trainer.ts';
import { contentOf, differences, downloadVersion, withVersion } from './version-content.ts';

/**
 * What two builds of the same cannot have in common, wherever it stands in a file: the time, the day that numbers the
 * version, and the port of the stash-box, of which each trainer has one. Batches of other sizes round differently, so figures
 * are cut to two decimals.
 */
function masked(text: string, { version }: VersionView): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+Z)?/g, '<time>')
    .replaceAll(version, '<version>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<stash-box>')
    .replaceAll(/-?\d+\.\d{3,}/g, (figure) => Number(figure).toFixed(2));
}

it('gives the same version with the control plane on workerd as on Node, file by file', async () => {
  const [node, workerd] = await Promise.all([buildOn('node'), buildOn('workerd')]);
  expect(workerd.facts).toEqual(node.facts);
  expect(differences(workerd.content, node.content)).toEqual([]);
});

async function buildOn(edge: Edge) {
  await using trainer = await openTrainer({ people: 5, edge, runnerEnv: { INFERENCE_WORKERS: '1' } });
  expect(await trainer.build(), trainer.explain()).toMatchObject({ status: 'completed', faces: 30 });
  const [view] = await trainer.call('GET /api/versions');
  if (!view) throw new Error(`There is no version\n${trainer.explain()}`);
  const { version, artifacts } = view;
  const sums = await trainer.call('GET /api/versions/{version}/artifacts/{name}', {
    params: { version, name: 'SHA256SUMS' },
  });
  return withVersion(await downloadVersion(trainer.call, view, trainer.dir), async (read) => {
    expect(await read.verify()).toEqual([]);
    expect(await sums.text()).toBe(sumsOf(view));
    const facts = {
      view: JSON.parse(masked(JSON.stringify({ ...view, artifacts: [], created: '', run_id: 0 }), view)),
      artifacts: artifacts.map(({ name }) => masked(name, view)),
      manifest: JSON.parse(masked(JSON.stringify(sharedManifest(read)), view)),
      files: await filesOf(read, view),
    };
    return { facts, content: await contentOf(read) };
  });
}

/** Of the artifacts before it, as `sha256sum --check` reads it. */
function sumsOf({ artifacts }: VersionView): string {
  return artifacts
    .filter(({ name }) => name !== 'SHA256SUMS')
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join('');
}

/** Without the catalog's own id and key. Of the checksums, `verify` has made sure; files that hold a time have others. */
function sharedManifest({ manifest }: VersionReader) {
  const { catalog: _id, signature: _key, checksums, ...shared } = manifest;
  return { ...shared, checksums: Object.keys(Object(checksums)) };
}

/** Every file of the version; of the indexes the size, because `differences` compares their vectors. */
async function filesOf({ dir }: VersionReader, view: VersionView): Promise<Record<string, unknown>> {
  const names = (await readdir(dir)).filter((name) => name !== 'manifest.json').sort();
  const contents = names.map(async (name) => {
    const path = join(dir, name);
    if (name.endsWith('.voy')) return [name, (await stat(path)).size] as const;
    const text = name.endsWith('.db') ? rowsOf(path) : await readFile(path, 'utf8');
    return [name, masked(text, view).split('\n')] as const;
  });
  return Object.fromEntries(await Promise.all(contents));
}

function rowsOf(path: string): string {
  using database = new DatabaseSync(path, { readOnly: true });
  const tables = database
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all();
  return tables
    .flatMap(({ name, sql }) => [
      sql,
      ...database
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => JSON.stringify(row)),
    ])
    .join('\n');
}
