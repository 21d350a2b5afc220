import { expect, it } from 'vitest';
import type { Edge } from './programs/control-plane.ts';
import { openTrainer } from './trainer.ts';
import { contentOf, differences, downloadVersion, withVersion } from './version-content.ts';

/** What differs between two builds of the same: the time, the catalog's id and key, and hashes of files that hold them. */
const OF_THE_BUILD = ['created_at', 'catalog', 'checksums', 'signature'];

it('gives the same version with the control plane on workerd as on Node, up to times and ids', async () => {
  const [node, workerd] = await Promise.all([buildOn('node'), buildOn('workerd')]);
  expect(workerd.facts).toEqual(node.facts);
  expect(differences(workerd.content, node.content)).toEqual([]);
}, 120_000);

async function buildOn(edge: Edge) {
  await using trainer = await openTrainer({ edge, runnerEnv: { INFERENCE_WORKERS: '1' } });
  expect(await trainer.build(), trainer.explain()).toMatchObject({ status: 'completed', faces: 120 });
  const [view] = await trainer.call('GET /api/versions');
  if (!view) throw new Error(`There is no version\n${trainer.explain()}`);
  const { artifacts, version, filename, performers, faces, format, model_pack, sources, parent } = view;
  const shown = { version, filename, performers, faces, format, model_pack, sources, parent };
  return withVersion(await downloadVersion(trainer.call, view, trainer.dir), async (read) => {
    expect(await read.verify()).toEqual([]);
    const settled = Object.entries(read.manifest).filter(([name]) => !OF_THE_BUILD.includes(name));
    const facts = {
      shown,
      artifacts: artifacts.map(({ name }) => name),
      manifest: Object.fromEntries(settled),
      files: Object.keys(Object(read.manifest.checksums)),
    };
    return { facts, content: await contentOf(read) };
  });
}
