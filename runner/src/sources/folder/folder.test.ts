import { symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, listFolder, performersOf, unreadableOf } from '../../../testing/folder-of.ts';
import type { ListedImage } from '../base/source.ts';
import { openFolder } from './open-folder.ts';

const signal = new AbortController().signal;

describe('a folder of performers', () => {
  it('gives each folder as a performer with its photos, in the order of the ids', async () => {
    const root = folderOf({
      'Zoe Last/1.jpg': 'z',
      'ada_first/b.png': 'b',
      'ada_first/a.jpg': 'a',
      'ada_first/.DS_Store': '',
    });
    const events = await listFolder(root);
    expect(events[0]).toEqual({ kind: 'total', performers: 2 });
    expect(
      performersOf(events).map(({ record, images }) => [
        record.remoteId,
        record.name,
        images.map(({ url }) => url),
      ]),
    ).toEqual([
      ['ada-first', 'ada first', ['folder:ada_first/a.jpg', 'folder:ada_first/b.png']],
      ['zoe-last', 'Zoe Last', ['folder:Zoe%20Last/1.jpg']],
    ]);
    expect(events.at(-1)).toMatchObject({ kind: 'finished', cursor: null });
  });

  it('takes what performer.yaml says', async () => {
    const yaml = [
      'name: Ada Lovelace',
      'aliases: [Countess]',
      'gender: FEMALE',
      "birth_date: '1815-12'",
      'urls: [https://www.iafd.com/person.rme/id=1]',
      'tattoos: [left arm, { location: back, description: an engine }]',
    ];
    const [ada] = performersOf(await listFolder(folderOf({ 'ada/performer.yaml': yaml.join('\n') })));
    expect(ada?.record).toMatchObject({
      name: 'Ada Lovelace',
      aliases: ['Countess'],
      gender: 'FEMALE',
      birthDate: '1815-12',
      urls: ['https://www.iafd.com/person.rme/id=1'],
      tattoos: [
        { location: 'left arm', description: null },
        { location: 'back', description: 'an engine' },
      ],
    });
    expect(ada?.images).toEqual([]);
  });

  it('says what is wrong with a folder and goes on with the others', async () => {
    const events = await listFolder(
      folderOf({
        'a/performer.yaml': 'birth_date: yesterday\nheight_cm: tall\nshoe_size: 38',
        'b/performer.yaml': 'name: [unclosed',
        'C d/1.jpg': '',
        'c-d/1.jpg': '',
        '!!!/1.jpg': '',
        'e/1.jpg': '',
      }),
    );
    expect(unreadableOf(events)).toEqual([
      'folder !!!: its name has no letter or digit to make an id of',
      'folder c-d: its id c-d is that of folder C d already; rename one',
      expect.stringMatching(
        /^folder a: performer.yaml is wrong: birth_date: expected YYYY.*; height_cm: .*shoe_size/,
      ),
      expect.stringMatching(/^folder b: performer.yaml is not YAML: /),
    ]);
    expect(performersOf(events).map(({ record }) => record.remoteId)).toEqual(['c-d', 'e']);
  });

  it('goes on after its cursor', async () => {
    const root = folderOf({ 'a/1.jpg': '', 'b/1.jpg': '', 'c/1.jpg': '' });
    expect(performersOf(await listFolder(root, { after: 'a' })).map(({ record }) => record.remoteId)).toEqual(
      ['b', 'c'],
    );
  });

  it('changes `updated` and a photo’s revision when the photo changes, and only then', async () => {
    const root = folderOf({ 'a/1.jpg': 'one', 'a/2.jpg': 'two' });
    const [before] = performersOf(await listFolder(root));
    expect(performersOf(await listFolder(root))[0]).toEqual(before);
    utimesSync(join(root, 'a/2.jpg'), 1, 1);
    const [after] = performersOf(await listFolder(root));
    expect(after?.record.updated).not.toBe(before?.record.updated);
    expect(after?.images.map(({ revision }, i) => revision === before?.images[i]?.revision)).toEqual([
      true,
      false,
    ]);
  });

  it('tells which known performers have no folder any more', async () => {
    const events = await listFolder(folderOf({ 'a/1.jpg': '' }), null, ['a', 'gone']);
    expect(events).toContainEqual({ kind: 'removed', remoteId: 'gone', mergedInto: null });
  });

  it('removes nobody when the disk is not mounted', async () => {
    await expect(listFolder(folderOf({}), null, ['a'])).rejects.toThrow(
      /holds no folders: put one per performer there/,
    );
    await expect(listFolder('/no/such/folder', null, ['a'])).rejects.toThrow(/cannot be read: is it mounted/);
  });

  it('reads photos, and follows no link out of the folder', async () => {
    const outside = folderOf({ 'secret/1.jpg': 'secret' });
    const root = folderOf({ 'a/1.jpg': 'photo' });
    symlinkSync(join(outside, 'secret'), join(root, 'b'));
    symlinkSync(join(outside, 'secret/1.jpg'), join(root, 'a/2.jpg'));
    const events = await listFolder(root);
    expect(performersOf(events).map(({ images }) => images.map(({ url }) => url))).toEqual([
      ['folder:a/1.jpg'],
    ]);

    const fetchOne = (url: string) => {
      const image: ListedImage = { url, widthPx: null, heightPx: null, revision: 'r' };
      return openFolder(root).fetchImage(image, { etag: null, lastModified: null }, signal);
    };
    const fetched = await fetchOne('folder:a/1.jpg');
    expect(fetched).toMatchObject({ kind: 'fetched', etag: 'r' });
    expect(fetched.kind === 'fetched' && Buffer.from(fetched.bytes).toString()).toBe('photo');
    for (const url of ['folder:a/2.jpg', 'folder:a/3.jpg', 'folder:..%2F..%2Fetc/passwd']) {
      expect(await fetchOne(url), url).toMatchObject({ kind: 'failed', reason: 'image_missing' });
    }
  });
});
