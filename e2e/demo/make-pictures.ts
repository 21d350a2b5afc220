import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ServedImage } from '../../runner/testing/stash-box/serve-image.ts';
import { cutFace, decodePhoto, hideFaces, type Pixels } from './cut-picture.ts';
import { photoPath } from './fetch-photos.ts';
import type { PicturePlan } from './plan-pictures.ts';

/** Raise it when `cut-picture.ts` makes other pixels of the same plan, so that cached pictures are made anew. */
const CUTTER = 1;

const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="900"><rect width="600" height="900"/></svg>',
);

/** Makes the pictures of one person, or takes them from `<cacheDir>/pictures`. The photos must have been fetched. */
export async function makePictures(plans: readonly PicturePlan[], cacheDir: string): Promise<ServedImage[]> {
  const studio = createStudio(cacheDir);
  const images: ServedImage[] = [];
  for (const plan of plans) images.push(await serve(plan, await cached(plan, cacheDir, () => studio(plan))));
  return images;
}

async function serve(plan: PicturePlan, jpeg: Buffer): Promise<ServedImage> {
  const { id, fault } = plan;
  if (plan.served === 'svg') return { id, width: -1, height: -1, content: SVG, fault };
  const { width, height } = await sharp(jpeg).metadata();
  const content = plan.served === 'first half' ? jpeg.subarray(0, jpeg.length / 2) : jpeg;
  return { id, width, height, content, fault };
}

async function cached(plan: PicturePlan, cacheDir: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const path = join(cacheDir, 'pictures', `${recipeOf(plan)}.jpg`);
  const before = await readFile(path).catch(() => null);
  if (before) return before;
  const jpeg = await make();
  await mkdir(join(cacheDir, 'pictures'), { recursive: true });
  // Tests of one process may be making the same picture.
  const part = `${path}.${randomUUID()}`;
  await writeFile(part, jpeg);
  await rename(part, path);
  return jpeg;
}

/** Everything that decides the pixels: the photo, the plan, the cutter and the library under it. */
function recipeOf({ photo, box, hidden, cut }: PicturePlan): string {
  const recipe = [CUTTER, sharp.versions.vips, photo.sha256, box, hidden, cut];
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 32);
}

/** Decodes a photo once and hides its faces once for pictures in a row that want the same. */
function createStudio(cacheDir: string) {
  let last: { wanted: string; pixels: Pixels } | undefined;

  async function prepare({ photo, hidden }: PicturePlan): Promise<Pixels> {
    const wanted = JSON.stringify([photo.name, hidden]);
    if (last?.wanted === wanted) return last.pixels;
    const pixels = await hideFaces(await decodePhoto(photoPath(cacheDir, photo)), hidden);
    last = { wanted, pixels };
    return pixels;
  }

  return async (plan: PicturePlan) => cutFace(await prepare(plan), plan.box, plan.cut);
}
