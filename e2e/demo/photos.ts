import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const faceBoxSchema = z.object({
  left: z.int(),
  top: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
  tilt: z.number(),
});

const photoSchema = z.object({ name: z.string(), sha256: z.hash('sha256'), faces: z.array(faceBoxSchema) });

const photosSchema = z.object({
  package: z.string(),
  version: z.string(),
  licence: z.string(),
  photos: z.array(photoSchema),
});

/** px in the photo; `tilt` in degrees, clockwise. */
export type FaceBox = z.infer<typeof faceBoxSchema>;
export type Photo = z.infer<typeof photoSchema>;
export type PhotoPackage = z.infer<typeof photosSchema>;

/** The six group photos, where they come from, and the faces in them. */
export function readPhotos(): PhotoPackage {
  return photosSchema.parse(parse(readFileSync(new URL('photos.yaml', import.meta.url), 'utf8')));
}
