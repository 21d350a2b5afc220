import { type BoxPerformer, uuidOf } from './performer.ts';
import type { ServedImage } from './serve-image.ts';

/** The row as GraphQL shows it: links with their site, pictures with their address, the deprecated groups. */
export function showPerformer(row: BoxPerformer, images: ReadonlyMap<string, ServedImage>, baseUrl: string) {
  return {
    __typename: 'Performer',
    ...row,
    aliases: [...row.aliases].sort(),
    urls: row.urls.map(({ url, site }) => ({ url, site: showSite(site), type: site.toUpperCase() })),
    birthdate: row.birth_date === null ? null : fuzzyDate(row.birth_date),
    measurements: {
      cup_size: row.cup_size,
      band_size: row.band_size,
      waist: row.waist_size,
      hip: row.hip_size,
    },
    images: showImages(row, images, baseUrl),
    created: row.created.toISOString(),
    updated: row.updated.toISOString(),
  };
}

/** Nearest to a 2:3 portrait first, the taller first on a tie; so neither newest first nor best first. */
function showImages(row: BoxPerformer, images: ReadonlyMap<string, ServedImage>, baseUrl: string) {
  return row.images
    .map((id) => images.get(id) ?? { id, width: 0, height: 0 })
    .map(({ id, width, height }) => ({ id, url: `${baseUrl}/images/${id}`, width, height }))
    .sort((a, b) => fromPortrait(a) - fromPortrait(b) || b.height - a.height);
}

function fromPortrait({ width, height }: { width: number; height: number }): number {
  return height === 0 ? 1 : Math.abs(width / height - 2 / 3);
}

function showSite(name: string) {
  return {
    id: uuidOf(`site ${name}`),
    name,
    valid_types: ['PERFORMER'],
    icon: '',
    highlighted: false,
    created: '2020-01-01T00:00:00Z',
    updated: '2020-01-01T00:00:00Z',
  };
}

function fuzzyDate(text: string) {
  const accuracy = ['YEAR', 'MONTH', 'DAY'][text.split('-').length - 1];
  return { date: `${text}-01-01`.slice(0, 10), accuracy };
}
