import { resourceOf } from '../theporndb/resource.ts';
import type { ThePornDb } from '../theporndb/start-theporndb.ts';
import type { Random } from '../world/random.ts';
import { type HostilePerson, pictureOf } from './people.ts';

/** ThePornDB, whose people come and go. @param origin under which its pictures are asked for */
export function changingListing(server: ThePornDb, first: readonly HostilePerson[], origin: string) {
  const left = [...first];
  const half = left.splice(0, Math.ceil(first.length / 2));
  for (const person of half) add(person);

  function add({ name, pages }: HostilePerson): void {
    const posters = [1, 2].map((order) => ({ url: `${origin}${addPicture(name, order)}`, order }));
    const links = Object.fromEntries(pages.map((page, i) => [`Site ${i}`, page]));
    server.rows.push(resourceOf({ name, posters, extras: { gender: 'Female', links } }));
  }

  function addPicture(name: string, order: number): string {
    const path = `/pictures/${encodeURIComponent(name)}-${order}.jpg`;
    server.addPicture(path, pictureOf(name, `of ThePornDB ${order}`));
    return path;
  }

  const changes: Record<string, (chance: Random) => void> = {
    'somebody is added to ThePornDB': () => {
      const next = left.shift();
      if (next) add(next);
    },
    'somebody is removed from ThePornDB': (chance) => {
      if (server.rows.length > 2) server.remove(chance.pick(server.rows).id);
    },
    'pictures of ThePornDB change their dates': () => server.changePictures(),
  };

  return {
    has: (id: string) => server.rows.some((row) => row.id === id),
    change(chance: Random): string {
      const name = chance.pick(Object.keys(changes));
      changes[name]?.(chance);
      return name;
    },
  };
}
