import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { GatheredImages } from './gather-images.ts';
import type { HeldFaces } from './held-faces.ts';

/**
 * Holds the faces of a turn against the room that is left at its commit, which another source may have used meanwhile. What
 * does not fit is rejected, and its vectors are not kept.
 */
export function limitFaces(images: ImageOutcome[], room: number): ImageOutcome[] {
  let left = room;
  return images.map((image) => {
    if (image.outcome !== 'accepted') return image;
    left -= 1;
    return left >= 0 ? image : refuse(image, 'limit_reached');
  });
}

/**
 * What was gathered, held against what the performer has at its commit. Another task may have given it the same picture since
 * it was looked at.
 */
export function fitIntoRoom(gathered: GatheredImages, { known, accepted, room }: HeldFaces): GatheredImages {
  const isHeld = ({ url }: { url: string }) => known.get(url)?.outcome === 'accepted';
  const isDouble = ({ url, sha256 }: ImageOutcome) =>
    !known.has(url) && sha256 !== null && accepted.has(sha256);
  const single = gathered.images.map((image) =>
    image.outcome === 'accepted' && isDouble(image) ? refuse(image, 'duplicate_image') : image,
  );
  const images = limitFaces(single, room + single.filter(isHeld).length);
  const added = images.filter((image) => image.outcome === 'accepted' && !isHeld(image));
  return { ...gathered, images, facesAdded: added.length };
}

function refuse(image: ImageOutcome, reason: 'duplicate_image' | 'limit_reached'): ImageOutcome {
  const faces = image.faces.map((face) =>
    face.accepted ? { ...face, accepted: false, reason, embeddings: [] } : face,
  );
  return { ...image, outcome: 'rejected', reason, faces };
}
