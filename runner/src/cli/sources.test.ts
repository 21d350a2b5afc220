import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedIds } from '@trainer/contract/shipped-sources';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../testing/cli/run-command.ts';
import { folderOf } from '../../testing/folder-of.ts';
import { startStashBox } from '../../testing/stash-box/start-stash-box.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-sources-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const run = (args: string, env: Record<string, string> = {}) => runCommand(args, { DATA_DIR: dir, ...env });

it('lists every source, whether it can be used, and whose definition it is read by', async () => {
  mkdirSync(join(dir, 'sources'));
  writeFileSync(join(dir, 'sources', 'afdb.yaml'), 'id: afdb\n');
  const { code, out } = await run('sources list --json');
  expect(code).toBe(0);
  const rows: { id: string }[] = JSON.parse(out);
  expect(rows.map(({ id }) => id)).toEqual(shippedIds);
  expect(rows).toContainEqual(
    expect.objectContaining({ id: 'boobpedia', available: true, definition: 'built-in' }),
  );
  expect(rows).toContainEqual(
    expect.objectContaining({
      id: 'afdb',
      available: false,
      definition: 'owner’s, instead of the built-in one',
    }),
  );
  expect((await run('sources')).out).toMatch(/^indexxx .*CHROME_CDP_URL is not set/m);
});

it('checks a stash-box by its first performer', async () => {
  const box = await startStashBox({ performers: [{ name: 'Ada', created: new Date('2020-01-01') }] });
  const env = { STASHDB_URL: box.url, STASHDB_API_KEY: box.apiKey };
  expect(await run('sources check stashdb', env)).toMatchObject({ code: 0, out: 'stashdb  ok\n' });
  const wrong = await run('sources check stashdb', { ...env, STASHDB_API_KEY: 'wrong' });
  expect(wrong.code).toBe(1);
  expect(wrong.out).toMatch(/^stashdb {2}failed {2}\S/);
  await box.close();
});

it('says what it needs to try a site', async () => {
  expect(await run('sources check afdb')).toMatchObject({
    code: 0,
    out: 'afdb  unchecked  no performer in the catalog has an address there\n',
  });
  expect(await run('sources check nowhere')).toMatchObject({
    code: 2,
    err: expect.stringContaining('There is no source "nowhere"'),
  });
  expect((await run('sources check afdb --url https://x.example/')).code).toBe(2);
});

it('says before a run what a folder holds, and what in it would not be read', async () => {
  const root = folderOf({
    'good/ada/1.jpg': '',
    'good/ada/x/2.jpg': '',
    'bad/ada/1.heic': '',
    'bad/bea/performer.yaml': 'height: 170',
    'bad/bea/1.jpg': '',
    'bad/stray.jpg': '',
    'flat/1.jpg': '',
  });
  const check = (name: string) => run('sources check folder', { FOLDER_DIR: join(root, name) });
  expect(await check('good')).toMatchObject({ code: 0, out: 'folder  ok  1 performer, 2 photos\n' });
  const { code, out } = await check('bad');
  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    'folder  changed  1 folder cannot be read  1 performer, 0 photos',
    '  stray.jpg in FOLDER_DIR itself belong to nobody: put the photos of each performer into a folder',
    '  folder ada: 1.heic cannot be read; pictures must be JPEG, PNG, WebP, AVIF, GIF or TIFF',
    expect.stringMatching(/^ {2}folder bea cannot be read: performer\.yaml is wrong: .*height/),
    '',
  ]);
  expect((await check('flat')).out).toMatch(
    /^folder {2}unavailable {2}FOLDER_DIR \(.*flat\) holds no folders, and the 1 photo in it belong to nobody: put one/,
  );
  const list = await run('sources list', { FOLDER_DIR: join(root, 'good') });
  expect(list.out).toMatch(/^folder .*available: 1 performer, 2 photos$/m);
});

it('writes a stash-box of the owner’s, which is tried like any other', async () => {
  const box = await startStashBox({ performers: [{ name: 'Ada', created: new Date('2020-01-01') }] });
  const data = { DATA_DIR: folderOf({}) };
  const made = await run('sources new stash-box my-box', data);
  const file = join(data.DATA_DIR, 'sources', 'my-box.yaml');
  expect(made).toMatchObject({ code: 0, out: expect.stringContaining(`${file} is written. Fill it in`) });
  expect((await run('sources check my-box', data)).out).toMatch(/unavailable {2}MY_BOX_API_KEY is not set/);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('https://my-box.example/graphql', box.url));
  const env = { ...data, MY_BOX_API_KEY: box.apiKey };
  expect(await run('sources check my-box', env)).toMatchObject({ code: 0, out: 'my-box  ok\n' });
  expect((await run('sources list', env)).out).toMatch(/^my-box +stash-box +owner +My Box +available$/m);
  await box.close();
});

it('writes a reference site of the owner’s that is a good definition', async () => {
  const data = { DATA_DIR: folderOf({}) };
  expect((await run('sources new site my-site', data)).code).toBe(0);
  expect((await run('sources check my-site', data)).out).toMatch(/^my-site {2}unchecked/);
});

it('names file, line and field of a mistake, and goes on with the others', async () => {
  const data = { DATA_DIR: folderOf({ 'sources/my-box.yaml': 'id: my-box\nkind: stash-box\ndomain: No\n' }) };
  const { code, out } = await run('sources check my-box', data);
  expect(code).toBe(1);
  expect(out).toMatch(/my-box\.yaml is not a valid definition:\n(.*\n)*? *line 3, domain: expected a domain/);
  expect((await run('sources check afdb', data)).code).toBe(0);
});

it.each([
  ['stash-box stashdb', /The source "stashdb" comes with the runner: choose another name/],
  ['site My_Site', /"My_Site": expected 1 to 40 lower-case letters/],
  ['folder photos', /Allowed choices are stash-box, site/],
])('does not write "%s"', async (args, sentence) => {
  const { code, err } = await run(`sources new ${args}`, { DATA_DIR: folderOf({}) });
  expect([code, err]).toEqual([2, expect.stringMatching(sentence)]);
});
