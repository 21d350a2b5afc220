import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '../world/random.ts';
import { pictureOf } from './people.ts';

/** A folder of photos on a NAS, with everything that a NAS and its users put there, and people who come and go. */
export function changingFolder(root: string) {
  const people = new Map<string, string>();
  let count = 0;

  function write(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  function add(): void {
    const name = `Folder Person ${++count}`;
    people.set(name.toLowerCase().replaceAll(' ', '-'), name);
    for (const note of [1, 2]) write(`${name}/${note}.jpg`, pictureOf(name, `note ${note}`));
    write(`${name}/deeper/3.jpg`, pictureOf(name, 'note 3'));
    write(`${name}/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg`, pictureOf(name, 'a thumbnail'));
    write(`${name}/Thumbs.db`, 'of Windows');
    write(
      `${name}/${count % 2 === 0 ? 'performer.yml' : 'Performer.YAML'}`,
      `name: ${name}\nbirth_date: 1991\n`,
    );
  }

  for (let i = 0; i < 4; i++) add();
  for (const folder of ['@eaDir', '#recycle', '$RECYCLE.BIN', 'lost+found', '__MACOSX', '.Trash-1000']) {
    write(`${folder}/1.jpg`, pictureOf('nobody', folder));
  }
  const oldName = Buffer.from(`${root}/Ren\xe9e`, 'latin1');
  mkdirSync(oldName);
  writeFileSync(Buffer.concat([oldName, Buffer.from('/1.jpg')]), pictureOf('Renée', 'note 1'));
  people.set('renée', 'Renée');

  const changes: Record<string, (chance: Random) => void> = {
    'a folder is added': add,
    'a folder is deleted': (chance) => {
      if (people.size < 4) return;
      const [slug, name] = chance.pick([...people].filter(([slug]) => slug !== 'renée'));
      people.delete(slug);
      rmSync(join(root, name), { recursive: true });
    },
    'a HEIC photo and a video are added': (chance) => {
      const name = chance.pick([...people.values()].filter((each) => each !== 'Renée'));
      write(`${name}/IMG_1.HEIC`, Buffer.from('\0\0\0\x18ftypheic', 'latin1'));
      write(`${name}/film.mp4`, Buffer.from('\0\0\0\x18ftypisom', 'latin1'));
    },
    'a YAML file in UTF-16 is added': (chance) => {
      const name = chance.pick([...people.values()].filter((each) => each !== 'Renée'));
      write(`${name}/performer.yaml`, Buffer.from('\ufeffcountry: CZ\n', 'utf16le'));
    },
  };

  return {
    has: (slug: string) => people.has(slug),
    change(chance: Random): string {
      const name = chance.pick(Object.keys(changes));
      changes[name]?.(chance);
      return name;
    },
  };
}
