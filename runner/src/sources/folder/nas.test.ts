import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  folderOf,
  listFolder,
  performersOf,
  photosOf,
  unreadableOf,
  warningsOf,
} from '../../../testing/folder-of.ts';
import { virtualClock } from '../../../testing/virtual-clock.ts';
import { openFolder } from './open-folder.ts';
import { createSurvey, surveyFolder } from './survey-folder.ts';

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]);
const MP4 = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomavc1', 'latin1');

describe('a folder on a NAS', () => {
  it('takes the folders of the storage system for nobody, at every depth', async () => {
    const system = [
      '@eaDir',
      '#recycle',
      '@Recycle',
      '$RECYCLE.BIN',
      'System Volume Information',
      'lost+found',
      '__MACOSX',
      '.Trash-1000',
      '@Recently-Snapshot',
    ];
    const root = folderOf(
      Object.fromEntries([
        ['ada/1.jpg', ''],
        ...system.flatMap((name) => [
          [`${name}/1.jpg`, ''],
          [`ada/${name}/1.jpg/SYNOPHOTO_THUMB_XL.jpg`, ''],
        ]),
      ]),
    );
    const events = await listFolder(root, null, ['ada', 'eadir']);
    expect(photosOf(events)).toEqual({ ada: ['folder:ada/1.jpg'] });
    expect([...warningsOf(events), ...unreadableOf(events)]).toEqual([]);
    // Somebody who was one of them before goes.
    expect(events).toContainEqual({ kind: 'removed', remoteId: 'eadir', mergedInto: null });
  });

  it('holds nobody when there is nothing but lost+found, as on a disk that is not mounted', async () => {
    const root = folderOf({ 'lost+found/1.jpg': '' });
    await expect(listFolder(root, null, ['ada'])).rejects.toThrow(/holds no folders: put one per performer/);
  });

  it.skipIf(process.platform === 'darwin')('reads names that are not UTF-8, and says so', async () => {
    const root = folderOf({ 'Renée Two/1.jpg': '' });
    const bytes = (text: string) => Buffer.from(`${root}/${text}`, 'latin1');
    mkdirSync(bytes('Ren\xe9e'));
    writeFileSync(bytes('Ren\xe9e/\xe9t\xe9.jpg'), 'summer');
    writeFileSync(bytes('Ren\xe9e/performer.yaml'), 'country: FR');
    const events = await listFolder(root);
    expect(performersOf(events).map(({ record }) => [record.remoteId, record.name, record.country])).toEqual([
      ['renée', 'Renée', 'FR'],
      ['renée-two', 'Renée Two', null],
    ]);
    expect(warningsOf(events)).toEqual([expect.stringMatching(/^folder Renée: its name is not UTF-8/)]);
    const image = performersOf(events)[0]?.images[0];
    expect(image?.url).toBe('folder:Ren%E9e/%E9t%E9.jpg');
    if (!image) throw new Error('no image');
    const { signal } = new AbortController();
    const fetched = await openFolder(root).fetchImage(image, { etag: null, lastModified: null }, signal);
    expect(fetched.kind === 'fetched' && Buffer.from(fetched.bytes).toString()).toBe('summer');
  });

  it.for(['performer.yml', 'Performer.YAML', 'PERFORMER.YML'])('reads %s', async (file) => {
    const events = await listFolder(folderOf({ [`ada/${file}`]: 'name: Ada Lovelace', 'ada/1.jpg': '' }));
    expect(performersOf(events)).toMatchObject([
      { record: { name: 'Ada Lovelace' }, images: [{ url: 'folder:ada/1.jpg' }] },
    ]);
  });

  it('reads one of two such files, says which, and names the one with a mistake', async () => {
    const both = folderOf({ 'ada/performer.yaml': 'name: Ada', 'ada/performer.yml': 'name: Nobody' });
    const events = await listFolder(both);
    expect(performersOf(events)[0]?.record.name).toBe('Ada');
    expect(warningsOf(events)).toEqual(['folder ada: only performer.yaml is read, and performer.yml is not']);
    const wrong = folderOf({ 'ada/Performer.yml': 'height_cm: tall' });
    expect(unreadableOf(await listFolder(wrong))).toEqual([
      expect.stringMatching(/^folder ada: Performer\.yml is wrong: height_cm: /),
    ]);
  });

  it('passes over what is no picture, and takes a picture whose name does not say it', async () => {
    const root = folderOf({
      'ada/1.JPG': '',
      'ada/scan': JPEG,
      'ada/Thumbs.db': 'OLE',
      'ada/desktop.ini': '[.ShellClassInfo]',
      'ada/Icon\r': '',
      'ada/._1.JPG': '',
      'ada/clip.mp4': MP4,
      'ada/film.mkv': Buffer.from([0x1a, 0x45, 0xdf, 0xa3]),
      'ada/notes.txt': 'met in 2019',
    });
    const events = await listFolder(root);
    expect(photosOf(events)).toEqual({ ada: ['folder:ada/1.JPG', 'folder:ada/scan'] });
    expect([...warningsOf(events), ...unreadableOf(events)]).toEqual([]);
  });

  it('names photos in formats that are not read, and those that are', async () => {
    const files = ['IMG_1.HEIC', 'IMG_2.heif', 'a.nef', 'b.bmp'].map((name) => [`ada/${name}`, '']);
    const events = await listFolder(folderOf({ 'ada/1.jpg': '', ...Object.fromEntries(files) }));
    expect(photosOf(events)).toEqual({ ada: ['folder:ada/1.jpg'] });
    expect(warningsOf(events)).toEqual([
      'folder ada: IMG_1.HEIC, IMG_2.heif, a.nef and 1 more cannot be read; pictures must be JPEG, PNG, WebP, AVIF, GIF or TIFF',
    ]);
  });

  it('gives photos in deeper folders to the performer', async () => {
    const root = folderOf({ 'ada/2.jpg': 'two', 'ada/1999/b side/1.jpg': 'one', 'ada/1999/a.jpg': '' });
    const events = await listFolder(root);
    expect(photosOf(events)).toEqual({
      ada: ['folder:ada/2.jpg', 'folder:ada/1999/a.jpg', 'folder:ada/1999/b%20side/1.jpg'],
    });
    const image = performersOf(events)[0]?.images[2];
    if (!image) throw new Error('no image');
    const { signal } = new AbortController();
    const fetched = await openFolder(root).fetchImage(image, { etag: null, lastModified: null }, signal);
    expect(fetched.kind === 'fetched' && Buffer.from(fetched.bytes).toString()).toBe('one');
  });

  it('mixes nobody up: neither through links to folders, nor through folders of performers in folders', async () => {
    const root = folderOf({
      'A/ada/performer.yaml': 'name: Ada',
      'A/ada/1.jpg': '',
      'A/own.jpg': '',
      'bea/1.jpg': '',
    });
    symlinkSync(root, join(root, 'bea/everybody'));
    const events = await listFolder(root);
    expect(photosOf(events)).toEqual({ a: ['folder:A/own.jpg'], bea: ['folder:bea/1.jpg'] });
    expect(warningsOf(events)).toEqual([
      expect.stringMatching(/^folder A: ada is not read, .* folders of performers belong directly into/),
    ]);
  });

  it('says that photos outside of folders belong to nobody', async () => {
    const events = await listFolder(
      folderOf({ 'ada/1.jpg': '', 'b.jpg': '', 'c.heic': '', 'notes.txt': '' }),
    );
    expect(warningsOf(events)).toEqual([
      'b.jpg, c.heic in FOLDER_DIR itself belong to nobody: put the photos of each performer into a folder',
    ]);
  });

  it('takes control characters out of names', async () => {
    const [ada] = performersOf(await listFolder(folderOf({ 'Ada\u001b[31m\nL/1.jpg': '' })));
    expect(ada?.record).toMatchObject({ remoteId: 'ada-31m-l', name: 'Ada [31m L' });
  });
});

describe('what is in FOLDER_DIR, before a run', () => {
  it('is told in figures', async () => {
    const root = folderOf({ 'ada/1.jpg': '', 'ada/x/2.png': '', 'ada/notes.txt': '', 'bea/1.webp': '' });
    expect(await surveyFolder(root)).toEqual({ reason: null, note: '2 performers, 3 photos' });
    writeFileSync(join(root, 'flat.jpg'), '');
    expect(await surveyFolder(root)).toEqual({
      reason: null,
      note: '2 performers, 3 photos; 1 photo outside of their folders, which belong to nobody',
    });
  });

  it('is a reason when there is nobody', async () => {
    const put = 'put one per performer there, with photos in it';
    const empty = folderOf({});
    expect(await surveyFolder(empty)).toEqual({
      reason: `FOLDER_DIR (${empty}) holds no folders: ${put}`,
      note: null,
    });
    const flat = folderOf({ 'a.jpg': '', 'b.heic': '', 'notes.txt': '' });
    expect(await surveyFolder(flat)).toEqual({
      reason: `FOLDER_DIR (${flat}) holds no folders, and the 2 photos in it belong to nobody: ${put}`,
      note: null,
    });
  });

  it('is counted every 10 minutes, and a folder without anybody is looked at every time', async () => {
    const clock = virtualClock();
    const survey = createSurvey(clock);
    const root = folderOf({});
    expect((await survey(root)).note).toBeNull();
    mkdirSync(join(root, 'ada'));
    expect((await survey(root)).note).toBe('1 performer, 0 photos');
    mkdirSync(join(root, 'bea'));
    expect((await survey(root)).note).toBe('1 performer, 0 photos');
    clock.advance(600_000);
    expect((await survey(root)).note).toBe('2 performers, 0 photos');
  });
});
