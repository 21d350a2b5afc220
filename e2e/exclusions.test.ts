import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../runner/src/cli/run-cli.ts';
import { defaultModelsDir } from '../runner/src/models/list-packs.ts';
import { unpackVersion } from '../runner/src/versions/unpack-version.ts';
import { countRuns, readAll } from '../runner/testing/exclusions/find-vector.ts';
import { openTrainer, type Trainer } from './trainer.ts';
import { contentOf, downloadVersion, type VersionContent, withVersion } from './version-content.ts';

/** Real photographs, models and programs: one person is excluded by id, another by a photo. */
describe('people who ask to be left out', () => {
  let trainer: Trainer;
  let all: VersionContent;
  const names = () => [...all.values()].map(({ name }) => name);

  beforeAll(async () => {
    trainer = await openTrainer({ people: 4 });
    await trainer.build();
    all = await newestContent();
  });
  afterAll(() => trainer?.[Symbol.asyncDispose]());

  async function newest() {
    const [view] = await trainer.call('GET /api/versions');
    if (!view) throw new Error(`There is no version\n${trainer.explain()}`);
    return { view, zip: await downloadVersion(trainer.call, view, trainer.dir) };
  }

  async function newestContent(): Promise<VersionContent> {
    return withVersion((await newest()).zip, contentOf);
  }

  /** The command line of the machine that the runner runs on. */
  async function run(...args: string[]): Promise<string> {
    const said: string[] = [];
    const code = await runCli(args, {
      env: {
        DATA_DIR: join(trainer.dir, 'runner'),
        MODELS_DIR: defaultModelsDir(),
        CONTROL_PLANE_URL: trainer.url,
        CONTROL_PLANE_TOKEN: readFileSync(join(trainer.controlPlaneDir, 'admin-token'), 'utf8').trim(),
        DEVICE: 'cpu',
      },
      out: (text) => said.push(text),
      err: (text) => said.push(text),
      isWatched: false,
      interrupted: new AbortController().signal,
    });
    if (code !== 0) throw new Error(`exit code ${code}: ${said.join('')}`);
    return said.join('');
  }

  it('are in no file of the next version, nor in the catalog, and have a receipt', async () => {
    const [first, second] = [...all].map(([id, { faces }]) => ({ id, faces }));
    if (!first || !second) throw new Error('The version holds nobody');
    const photo = join(trainer.dir, 'photo.jpg');
    const [path = ''] = second.faces.keys();
    const picture = await fetch(new URL(path, trainer.box.url));
    await writeFile(photo, new Uint8Array(await picture.arrayBuffer()));
    await run('exclusions', 'add', '--stash-box-id', first.id.replace('stashdb.org', 'stashdb'));
    await run('exclusions', 'add', '--photo', photo);

    expect(await trainer.build(), trainer.explain()).toMatchObject({ status: 'completed', performers: 2 });
    const { view, zip } = await newest();
    const left = await newestContent();
    expect([...left.values()].map(({ name }) => name)).toEqual(names().slice(2));

    const gone = [...first.faces.values(), ...second.faces.values()];
    const unpacked = await mkdtemp(join(trainer.dir, 'unpacked-'));
    await unpackVersion(zip, unpacked);
    expect(
      countRuns(readAll(unpacked), [...(left.values().next().value?.faces.values() ?? [])]),
    ).toBeGreaterThan(2_000);
    expect(countRuns(Buffer.concat([readAll(unpacked), readFileSync(zip)]), gone)).toBe(0);
    // Of the second one the catalog keeps the face on the photo: that is how it knows whom to leave out.
    const runner = readAll(join(trainer.dir, 'runner'));
    expect(countRuns(runner, [...first.faces.values()])).toBe(0);
    expect(
      names()
        .slice(0, 2)
        .filter((name) => runner.includes(name)),
    ).toEqual([]);

    const list = await run('exclusions', 'list');
    expect(list.match(/not in \S+/g)).toEqual([`not in ${view.version}`, `not in ${view.version}`]);
    expect(list.match(/\(1 performers, 6 faces removed\)/g)).toHaveLength(2);
  });

  it('come back with a full build once that is taken back', async () => {
    const list = await trainer.call('GET /api/exclusions');
    for (const { id } of list) await run('exclusions', 'remove', String(id));
    await trainer.build({ full: true });
    expect([...(await newestContent()).values()].map(({ name }) => name).sort()).toEqual(names().sort());
  });
});
