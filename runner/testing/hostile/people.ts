import { createHash } from 'node:crypto';
import { picture } from '../fake-face-engine.ts';
import { personOf, worldOfPerson } from '../sites/crowd.ts';
import { usualShape } from '../sites/site-performer.ts';
import { uuidOf } from '../stash-box/performer.ts';
import type { StashBox } from '../stash-box/start-stash-box.ts';
import type { Random } from '../world/random.ts';

/** Reference sites of the hostile world: asked directly, through FlareSolverr and through Chrome. */
export const HOSTILE_SITES = ['afdb', 'boobpedia', 'babepedia', 'indexxx'] as const;

/** Somebody in the hostile world. */
export interface HostilePerson {
  number: number;
  name: string;
  /** Pages at the reference sites. */
  pages: string[];
}

export function hostilePerson(number: number): HostilePerson {
  const who = personOf(number);
  const pages = HOSTILE_SITES.map((site) => worldOfPerson(site, who, usualShape).storedUrl);
  return { number, name: who.name, pages };
}

/** Bytes of a picture of somebody; another note, another picture. */
export function pictureOf(person: string, note: string): Uint8Array {
  return picture({ faces: [{ person }], note: note.padEnd(1_500, '.') });
}

let huge: Uint8Array | null = null;

/** Puts a picture of somebody into a box. @returns its id there */
export function addPicture(
  box: StashBox,
  person: string,
  note: string,
  kind: 'usual' | 'too many pixels' | 'too many bytes' = 'usual',
): string {
  const id = uuidOf(`${box.url} ${person} ${note}`);
  const small = pictureOf(person, note);
  // Narrower by a little for each, so that the order in which a box lists pictures is always the same.
  const height = 900 - (createHash('sha256').update(note).digest()[0] ?? 0);
  if (kind === 'usual') box.addImage({ id, width: 600, height, content: small });
  if (kind === 'too many pixels') {
    const content = picture({ width: 12_000, height: 9_000, faces: [{ person }], note });
    box.addImage({ id, width: 12_000, height: 9_000, content, sizes: { '1280': small } });
  }
  if (kind === 'too many bytes') {
    huge ??= Buffer.alloc(31 * 1024 * 1024, ' ');
    box.addImage({ id, width: 6_000, height: 9_000, content: huge, sizes: { '1280': small } });
  }
  return id;
}

/** A kind of picture; large ones are rare, because they cost time. */
export function anyKind(chance: Random, withHuge: boolean): 'usual' | 'too many pixels' | 'too many bytes' {
  if (chance.chance(0.1)) return 'too many pixels';
  return withHuge && chance.chance(0.01) ? 'too many bytes' : 'usual';
}
