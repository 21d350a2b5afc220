import { z } from 'zod';

const text = z.string().nullish().catch(null);
const poster = z.object({ url: z.string(), order: z.number().nullish().catch(null) });
const posters = z.union([
  z.array(z.union([z.string(), poster, z.unknown().transform(() => null)])),
  z.record(z.string(), z.unknown()),
]);

export const imageFields = {
  image: text,
  thumbnail: text,
  face: text,
  posters: posters.nullish().catch(null),
};
type ImageFields = z.infer<z.ZodObject<typeof imageFields>>;

/** Names of sizes, the largest first, for posters that are one picture in several. */
const SIZES = ['full', 'original', 'large', 'medium', 'small'];

/**
 * Addresses of a performer's pictures, the most useful first: posters, then the main image. The thumbnail and the face crop
 * are cut from those and mostly too small, so they count only where there is nothing else.
 */
export function readImages({ posters: given, image, thumbnail, face }: ImageFields): string[] {
  const proper = addresses([...readPosters(given), image]);
  if (proper.length > 0) return proper;
  const spare = addresses([thumbnail]);
  return spare.length > 0 ? spare : addresses([face]);
}

/** Whether the posters, which most pictures are, were there and could all be read. */
export function areImagesWhole({ posters: given, image }: ImageFields): boolean {
  if (!given) return false;
  const all = [...readPosters(given), ...(image ? [image] : [])];
  return all.every((address) => readAddress(address).length > 0);
}

function readPosters(given: ImageFields['posters']): (string | null)[] {
  if (!given) return [];
  if (!Array.isArray(given)) return largest(given);
  const orderOf = (one: (typeof given)[number]) =>
    one !== null && typeof one === 'object' ? (one.order ?? 0) : 0;
  const sorted = given.toSorted((one, other) => orderOf(one) - orderOf(other));
  return sorted.map((one) => (typeof one === 'string' ? one : (one?.url ?? null)));
}

/** The dict of size to url is one picture: only its largest form. */
function largest(sizes: Record<string, unknown>): string[] {
  const rank = (size: string) => {
    const px = Number.parseInt(size, 10);
    if (!Number.isNaN(px)) return -px;
    const index = SIZES.indexOf(size.toLowerCase());
    return index < 0 ? SIZES.length : index;
  };
  const best = Object.entries(sizes)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
    .sort(([one], [other]) => rank(one) - rank(other))[0];
  return best ? [best[1]] : [];
}

function addresses(given: (string | null | undefined)[]): string[] {
  return [...new Set(given.flatMap((address) => readAddress(address)))];
}

/** Absolute, and on the present host: metadataapi.net was the same service under its old name. */
function readAddress(address: string | null | undefined): string[] {
  const url = URL.parse(address?.trim() ?? '');
  if (!url || !/^https?:$/.test(url.protocol)) return [];
  url.hostname = url.hostname.replace(/(^|\.)metadataapi\.net$/, '$1theporndb.net');
  return [url.href];
}
