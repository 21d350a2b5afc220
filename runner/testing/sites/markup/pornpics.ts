import { html, hyphened, type Shape, type SitePerformer, type SiteWorld, times } from '../site-performer.ts';

const SITE = 'https://www.pornpics.com';
const IMAGES = 'https://cdni.pornpics.com';

export function pornpics(who: SitePerformer, { pictures, galleries, perGallery }: Shape): SiteWorld {
  const slug = hyphened(who.name);
  const page = `/pornstars/${slug}/`;
  const headshot = `${IMAGES}/models/m/${slug.replaceAll('-', '_')}.jpg`;
  const gid = (gallery: number) => String(10_000_000 + gallery);
  const photo = (gallery: number, index: number, size = 1280) =>
    `${IMAGES}/${size}/1/23/${gid(gallery)}/${gid(gallery)}_${String(index).padStart(3, '0')}_ab.jpg`;
  const tile = (gallery: number) =>
    `<li class='thumbwook'><a class='rel-link' data-gid='${gid(gallery)}' href='/galleries/x-${gid(gallery)}/'><img src='https://static.pornpics.com/1px.png' data-src='${photo(gallery, 1, 460)}'></a></li>`;
  const person = { '@type': 'Person', name: who.name, alternateName: who.alias, image: headshot };
  const head = `<link rel='canonical' href='${SITE}${page}'><script type='application/ld+json'>${JSON.stringify(person)}</script>`;
  const body = `
    <h1>${who.name} Nude Porn Pics</h1>
    ${pictures > 0 ? `<div class='pornstar-card'><img src='${headshot}'></div>` : ''}
    <ul id='tiles'>${times(galleries, tile).join('')}<li class='adss-mob'><a class='rel-link' href='https://ads.example'></a></li></ul>`;
  const gallery = (index: number, models = [who.name]) =>
    html(
      'Gallery',
      `<div><span class='gallery-info__title'>Models:</span><div>${models.map((one) => `<a href='/pornstars/x/'>${one}</a>`).join(' ')}</div></div>
      <ul id='tiles'>${times(perGallery, (i) => `<li class='thumbwook'><a class='rel-link' href='${photo(index, i)}' data-size='1280x1920'></a></li>`).join('')}</ul>`,
    );
  return {
    storedUrl: SITE + page,
    page,
    pages: new Map([
      [page, html(`${who.name} pics`, body, pictures > 0 ? head : head.replace(/,"image":"[^"]*"/, ''))],
      ...times(galleries, (i): [string, string] => [`/galleries/${gid(i)}/`, gallery(i)]),
      ['/galleries/10000099/', gallery(99, [who.name, 'Other Model'])],
      [
        `/autocomplete.php?term=${who.name.replaceAll(' ', '+')}&lang=en`,
        JSON.stringify([{ link: '/pornstars/mira/' }, { link: page }]),
      ],
    ]),
    images: [
      ...(pictures > 0 ? [headshot] : []),
      ...times(galleries, (g) => times(perGallery, (i) => photo(g, i))).flat(),
    ],
    nobody: { status: 404, html: html('404 - Not Found', '') },
  };
}
