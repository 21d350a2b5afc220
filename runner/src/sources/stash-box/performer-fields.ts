/**
 * What is asked about each performer: what a version can carry, and nothing more (`scene_count` costs the box a count per
 * row). The first of several selections whose field the box has is asked for; one that it lacks is left out.
 */
const FIELDS: { field: string; selection: string }[][] = [
  [{ field: 'id', selection: 'id' }],
  [{ field: 'name', selection: 'name' }],
  [{ field: 'disambiguation', selection: 'disambiguation' }],
  [{ field: 'aliases', selection: 'aliases' }],
  [{ field: 'gender', selection: 'gender' }],
  [{ field: 'country', selection: 'country' }],
  [{ field: 'ethnicity', selection: 'ethnicity' }],
  [
    { field: 'birth_date', selection: 'birth_date' },
    { field: 'birthdate', selection: 'birthdate { date accuracy }' },
  ],
  [{ field: 'death_date', selection: 'death_date' }],
  [{ field: 'height', selection: 'height' }],
  [{ field: 'eye_color', selection: 'eye_color' }],
  [{ field: 'hair_color', selection: 'hair_color' }],
  [{ field: 'career_start_year', selection: 'career_start_year' }],
  [{ field: 'career_end_year', selection: 'career_end_year' }],
  [{ field: 'tattoos', selection: 'tattoos { location description }' }],
  [{ field: 'piercings', selection: 'piercings { location description }' }],
  [{ field: 'urls', selection: 'urls { url }' }],
  [{ field: 'images', selection: 'images { id url width height }' }],
  [{ field: 'merged_ids', selection: 'merged_ids' }],
  [{ field: 'updated', selection: 'updated' }],
];

/** The selection set for one performer; `known` are the fields that the box has, null when nobody asked yet. */
export function performerSelection(known: ReadonlySet<string> | null): string {
  return FIELDS.flatMap((choices) => {
    const [chosen] = known ? choices.filter(({ field }) => known.has(field)) : choices;
    return chosen ? [chosen.selection] : [];
  }).join(' ');
}
