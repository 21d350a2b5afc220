import { z } from 'zod';

const named = z.object({ name: z.string() });
const name = z.union([z.string(), named.transform((one) => one.name), z.unknown().transform(() => '')]);

export const nameFields = {
  aliases: z
    .union([z.array(name), z.string().transform((list) => list.split(','))])
    .nullish()
    .catch(null),
  /** One and the same performer as single sites call it. */
  site_performers: z.array(name).nullish().catch(null),
};
type NameFields = z.infer<z.ZodObject<typeof nameFields>>;

/** Every other name, once, in any of the forms in which aliases were seen: strings, one with commas, objects. */
export function readAliases(canonical: string, { aliases, site_performers }: NameFields): string[] {
  const found = new Map<string, string>();
  for (const given of [...(aliases ?? []), ...(site_performers ?? [])]) {
    const alias = given.trim();
    const key = alias.toLowerCase();
    if (alias !== '' && key !== canonical.toLowerCase() && !found.has(key)) found.set(key, alias);
  }
  return [...found.values()];
}
