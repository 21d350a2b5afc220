import { uuidOf } from '../stash-box/performer.ts';

/** A performer as the REST interface gives it; anything may be overridden with another shape that was seen. */
export type Resource = Record<string, unknown> & { id: string; name: string };

/** A whole resource in the live shape, from the few facts a caller cares about. */
export function resourceOf(input: Record<string, unknown> & { name: string }): Resource {
  const slug = input.name.toLowerCase().replaceAll(' ', '-');
  const { extras, ...given } = input;
  return {
    id: uuidOf(`theporndb ${input.name}`),
    _id: 1_000,
    slug,
    full_name: input.name,
    disambiguation: null,
    bio: 'Invented.',
    rating: 0,
    is_parent: true,
    aliases: [],
    image: null,
    thumbnail: null,
    face: null,
    posters: [],
    site_performers: [],
    ...given,
    extras: { gender: null, birthday: null, links: null, ...(extras ?? {}) },
  };
}
