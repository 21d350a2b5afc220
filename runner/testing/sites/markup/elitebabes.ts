import { html, hyphened, type Shape, type SitePerformer, type SiteWorld, times } from '../site-performer.ts';

const SITE = 'https://www.elitebabes.com';
const IMAGES = 'https://cdn.elitebabes.com/content';

export function elitebabes(who: SitePerformer, { galleries, perGallery }: Shape): SiteWorld {
  const slug = hyphened(who.name);
  const page = `/model/${slug}/`;
  const set = (gallery: number) => `/by-the-sea-${gallery}/`;
  const photo = (gallery: number, index: number, size = '') =>
    `${IMAGES}/${240_000 + gallery}/${String(index).padStart(4, '0')}-01${size}.jpg`;
  const tile = (href: string) =>
    `<li><figure><a href="${href}"><img></a><a href="/model/x/">x</a></figure></li>`;
  const link = (href: string, width = 801) =>
    `<a href="${href}" data-width="${width}" data-height="1200"><img></a>`;
  const body = `
    <h2 class="fn">${who.name}</h2><p class="read-more">Also <strong>${who.alias}</strong></p>
    <ul class="list-aside"><li><span>Born</span> March ${who.birthYear}</li></ul>
    <ul>${times(galleries, (i) => tile(SITE + set(i))).join('')}
      ${tile(`${SITE}/mira-solano-and-eva-roth-7/`)}${tile(`${SITE}/model-tag/sun/`)}</ul>
    <a rel="next" href="${page}page/2/">More</a>`;
  const gallery = (index: number) =>
    html(
      'By the sea',
      `${times(perGallery, (i) => link(photo(index, i, i === 1 ? '_w800' : ''))).join('')}
      ${link(photo(900, 1))}${link(`${IMAGES}/lists/1.jpg`)}${link(photo(index, 70), 90)}`,
    );
  return {
    storedUrl: `${SITE}${page}sort/similar/`,
    page,
    pages: new Map([
      [page, html(`${who.name} at EliteBabes`, body, `<link rel="canonical" href="${SITE}${page}">`)],
      ...times(galleries, (i): [string, string] => [set(i), gallery(i)]),
      [
        `/?s=${who.name.replaceAll(' ', '+')}`,
        html(
          'Search',
          `<ul><li><a href="${SITE}/model/mira/">Mira</a></li><li><a href="${SITE}${page}">${who.name}</a></li></ul>`,
        ),
      ],
    ]),
    images: times(galleries, (g) => times(perGallery, (i) => photo(g, i))).flat(),
    nobody: { status: 404, html: html('404 Not Found', '') },
  };
}
