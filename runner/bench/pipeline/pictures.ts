import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { readTestdata } from '../../testing/faces/testdata.ts';
import { readPhotos } from '../faces-lfw/read-lfw.ts';

/** Pictures of one size, as bytes and as files. */
export interface PictureSet {
  /** Longer side in px. */
  size: number;
  images: Buffer[];
  paths: string[];
}

/** Recorded inputs of SCRFD are up to 5 MB each: more pictures would measure memory. */
const labelledCount = 96;
const portraitRepeats = 8;
const portraits = [
  'person_a_1.jpg',
  'person_a_2.jpg',
  'person_a_3.jpg',
  'person_a_4_progressive.jpg',
  'person_b_1.jpg',
  'person_b_2.jpg',
];

/** 96 labelled photos as they are: 250 x 250 px. */
export async function labelledPhotos(testdata: string, folder: string): Promise<PictureSet> {
  const photos = readPhotos(testdata).slice(0, labelledCount);
  return save(
    250,
    photos.map((photo) => Buffer.from(photo.bytes)),
    folder,
  );
}

/** Six portraits, eight times each, as JPEG of quality 90 and 4:2:0 with `size` px on the longer side; some are enlarged to it. */
export async function scaledPortraits(size: number, folder: string): Promise<PictureSet> {
  const scaled = await Promise.all(
    portraits.map((name) =>
      sharp(readTestdata(`photos/portrait/${name}`))
        .resize(size, size, { fit: 'inside' })
        .jpeg({ quality: 90 })
        .toBuffer(),
    ),
  );
  return save(size, Array.from({ length: portraitRepeats }, () => scaled).flat(), folder);
}

async function save(size: number, images: Buffer[], folder: string): Promise<PictureSet> {
  await mkdir(folder, { recursive: true });
  const paths = images.map((_, i) => join(folder, `${size}-${i}.jpg`));
  await Promise.all(images.map((image, i) => writeFile(paths[i] ?? '', image)));
  return { size, images, paths };
}
