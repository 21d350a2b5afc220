import { z } from 'zod';

/** A map of site label to address (live), an array of `{url, platform}` (published types), or nothing. */
const link = z.union([
  z.string(),
  z.object({ url: z.string() }).transform(({ url }) => url),
  z.unknown().transform(() => ''),
]);
export const links = z
  .union([z.array(link), z.record(z.string(), link).transform((map) => Object.values(map))])
  .nullish()
  .catch(null);

/** The web addresses among them, each once, as they are written; handles and empty places are none. */
export function readLinks(given: z.infer<typeof links>): string[] {
  const addresses = (given ?? []).map((one) => one.trim());
  return [...new Set(addresses.filter((one) => /^https?:\/\//i.test(one) && URL.canParse(one)))];
}
