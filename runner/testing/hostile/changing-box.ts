import type { BoxPerformer } from '../stash-box/performer.ts';
import { uuidOf } from '../stash-box/performer.ts';
import type { StashBox } from '../stash-box/start-stash-box.ts';
import type { Random } from '../world/random.ts';
import { addPicture, anyKind, type HostilePerson } from './people.ts';

export interface ChangingBox {
  box: StashBox;
  /** Whether the box has this record now. */
  has(id: string): boolean;
  /** Something happens at the box. @returns what */
  change(chance: Random): string;
  /** Every picture that can be served is. */
  mend(): void;
}

/** A stash-box whose people come, change, are merged, deleted and forgotten, as editors do and as accidents do. */
export function changingBox(
  name: string,
  box: StashBox,
  first: readonly HostilePerson[],
  withHuge: boolean,
): ChangingBox {
  const live = new Map<string, { row: BoxPerformer; person: HostilePerson }>();
  const doubles = new Map<string, string>();
  const broken = new Set<string>();
  let notes = 0;
  let lacking = false;
  // The same picture at two boxes gives one face, and whose it is depends on who comes first.
  const newNote = () => `${name} ${notes++}`;

  for (const person of first) add(person);

  function add(person: HostilePerson, isDouble = false): string {
    const images = [1, 2, 3].slice(isDouble ? 1 : 0).map(() => addPicture(box, person.name, newNote()));
    const urls = isDouble ? [] : person.pages.map((url) => ({ url, site: 'Site' }));
    const disambiguation = isDouble ? `double ${notes}` : null;
    const row = box.addPerformer({
      id: uuidOf(newNote()),
      name: person.name,
      disambiguation,
      gender: 'FEMALE',
      images,
      urls,
    });
    live.set(row.id, { row, person });
    return row.id;
  }

  /** Somebody of whom there is no other record in this box that waits to be merged. */
  function anybody(chance: Random) {
    const known = [...live.values()].filter(({ row }) => !doubles.has(row.id));
    return chance.pick(known);
  }

  const changes: Record<string, (chance: Random) => unknown> = {
    'somebody is edited': (chance) =>
      box.edit(anybody(chance).row.id, { eye_color: chance.pick(['BLUE', 'BROWN', 'GREEN']) }),
    'a picture is added': (chance) => {
      const { row, person } = anybody(chance);
      const image = addPicture(box, person.name, newNote(), anyKind(chance, withHuge));
      box.edit(row.id, { images: [...row.images, image] });
    },
    'a picture of somebody else is added': (chance) => {
      const [{ row }, { person }] = [anybody(chance), anybody(chance)];
      box.edit(row.id, { images: [...row.images, addPicture(box, person.name, newNote())] });
    },
    'a picture is taken off': (chance) => {
      const { row } = anybody(chance);
      box.edit(row.id, { images: row.images.filter((id) => id !== row.images.at(-1)) });
    },
    'a picture is lost': (chance) => {
      const image = anybody(chance).row.images[0];
      if (image === undefined) return;
      broken.add(image);
      box.breakImage(image, {
        kind: chance.chance(0.5) ? 'missing' : 'throttled',
        times: 2,
        retryAfterS: 20,
      });
    },
    'lost pictures are back': mend,
    'somebody is entered twice': (chance) => {
      const { row, person } = anybody(chance);
      doubles.set(add(person, true), row.id);
    },
    'somebody is merged': (chance) => {
      if (doubles.size === 0) return;
      const [double, original] = chance.pick([...doubles]);
      // Into another double of the same person now and then, which is merged in its turn later.
      const others = [...doubles].filter(([id, of]) => of === original && id !== double).map(([id]) => id);
      const target = chance.pick([...others, original]);
      doubles.delete(double);
      if (!live.has(target)) return;
      const moved = [double, target].flatMap((id) => live.get(id)?.row.images ?? []);
      box.merge(double, target, { images: moved });
      live.delete(double);
    },
    'somebody is deleted': (chance) => leave(chance, box.destroy),
    'somebody vanishes': (chance) => leave(chance, box.vanish),
    'somebody is deleted, and the edit too': (chance) =>
      leave(chance, (id) => {
        box.destroy(id);
        box.forgetEdits(id);
      }),
    'an older schema': () => {
      lacking = !lacking;
      box.lack(lacking ? ['Performer.merged_into_id'] : []);
    },
  };

  /** Not more than a few: an emptied world shows nothing. */
  function leave(chance: Random, how: (id: string) => void): void {
    if (live.size - doubles.size < 3 || live.size * 2 < first.length) return;
    const { row } = anybody(chance);
    for (const [double, of] of doubles) if (of === row.id) doubles.delete(double);
    live.delete(row.id);
    how(row.id);
  }

  function mend(): void {
    for (const id of broken) box.mend(id);
    broken.clear();
  }

  return {
    box,
    has: (id) => live.has(id),
    change(chance) {
      const what = chance.pick(Object.keys(changes));
      changes[what]?.(chance);
      return what;
    },
    mend,
  };
}
