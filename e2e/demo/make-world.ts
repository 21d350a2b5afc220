import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withPullLock } from '../../runner/src/models/pull-lock.ts';
import { type PerformerInput, uuidOf } from '../../runner/testing/stash-box/performer.ts';
import type { ServedImage } from '../../runner/testing/stash-box/serve-image.ts';
import { fetchPhotos } from './fetch-photos.ts';
import { makePictures } from './make-pictures.ts';
import { type Person, readPeople } from './people.ts';
import { readPhotos } from './photos.ts';
import { planPictures } from './plan-pictures.ts';

/** What a fake stash-box is started with. */
export type DemoWorld = { performers: PerformerInput[]; images: ServedImage[] };

/** The first twelve came in one bulk import, as half of StashDB did: equal creation times. */
const IMPORTED = new Date('2024-03-01T12:00:00Z');
const BULK = 12;

/**
 * Twenty invented performers with six usable pictures each and the spoiled ones among them, and the deleted rows of those who
 * were merged. The first call fetches 12 MB through the npm registry and cuts the pictures; later ones, and those that come
 * meanwhile, read `cacheDir`.
 */
export async function makeWorld(cacheDir: string): Promise<DemoWorld> {
  await mkdir(cacheDir, { recursive: true });
  return withPullLock(join(cacheDir, 'making'), () => make(cacheDir));
}

async function make(cacheDir: string): Promise<DemoWorld> {
  const source = readPhotos();
  await fetchPhotos(cacheDir, source);
  const performers: PerformerInput[] = [];
  const images: ServedImage[] = [];
  for (const [index, person] of readPeople().entries()) {
    const pictures = await makePictures(planPictures(person, source.photos), cacheDir);
    images.push(...pictures);
    performers.push(performerOf(person, pictures, index), ...mergedInto(person));
  }
  return { performers, images };
}

/** The id of a person of `people.yaml`, or of somebody merged into one. */
export function performerIdOf(key: string): string {
  return uuidOf(`demo performer ${key}`);
}

function performerOf(person: Person, pictures: readonly ServedImage[], index: number): PerformerInput {
  const { key, face, spoiled, slow, throttled, merged, urls, ...facts } = person;
  const created = new Date(IMPORTED.getTime() + Math.max(0, index - BULK + 1) * 86_400_000);
  return {
    ...facts,
    id: performerIdOf(key),
    urls: urls.map(([site, url]) => ({ site, url })),
    images: pictures.map(({ id }) => id),
    merged_ids: merged.map(performerIdOf),
    created,
    updated: new Date(created.getTime() + index * 3_600_000),
  };
}

function mergedInto(person: Person): PerformerInput[] {
  return person.merged.map((key) => ({
    id: performerIdOf(key),
    name: person.name,
    deleted: true,
    merged_into_id: performerIdOf(person.key),
    created: IMPORTED,
  }));
}
