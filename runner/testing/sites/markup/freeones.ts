import { html, hyphened, type Shape, type SitePerformer, type SiteWorld, times } from '../site-performer.ts';

const SITE = 'https://www.freeones.com';

export function freeones(who: SitePerformer, { galleries, perGallery }: Shape): SiteWorld {
  const slug = hyphened(who.name);
  const photo = (gallery: number, index: number, size = '1440x0') =>
    `https://thumbs.freeones.com/photo/sig${gallery}x${index}/${size}/${gallery}-${index}.jpg`;
  const bio = `
    <h1>${who.name} identifies as female and is a model</h1>
    <div class="image-container"><a><img src="https://ch-thumbs.freeones.com/photo/s/350x350/center/middle/h.jpg"></a></div>
    <span data-test="link_span_aliases">${who.alias}, ${who.birthName} (real name)</span>
    <a><span data-test="link_span_dateOfBirth">January 2, ${who.birthYear}</span></a>
    <a data-test="link_placeOfBirth" href="/babes?f=country">Portugal</a>
    <form><a href="https://www.instagram.com/${who.handle}">I</a><a href="https://ads.example/x">Ad</a></form>`;
  const links = times(
    galleries,
    (i) =>
      `<div data-test="teaser-gallery"><a class="teaser__link" href="/${slug}/photos/set-${i}"><img></a></div>`,
  );
  const list = `<a href="/${slug}/photos?switch_locale=de">DE</a>${links.join('')}
    <a href="/other-model/photos/set-1">Related</a><img src="https://img.freeones.com/sponsor.jpg">
    <a rel="next" href="/${slug}/photos?page=2">More</a>`;
  const media = (gallery: number) => [
    ...times(perGallery, (i) => ({ url: photo(gallery, i), width: 2000, height: 3000 })),
    { url: photo(gallery, 90, '350x350/center/middle'), width: 2000, height: 3000 },
    { url: photo(gallery, 91), width: 200, height: 150 },
  ];
  const ld = (gallery: number) =>
    `<script type="application/ld+json">${JSON.stringify({ '@graph': [{ '@type': ['CreativeWork', 'ImageGallery'], associatedMedia: media(gallery) }] })}</script>`;
  const head = `<link rel="alternate" hreflang="x-default" href="${SITE}/${slug}/bio">`;
  return {
    storedUrl: `${SITE}/de/${slug}/feed`,
    page: `/${slug}/bio`,
    pages: new Map([
      [`/${slug}/bio`, html(`${who.name} bio`, bio, head)],
      [`/${slug}/photos`, html(`${who.name} photos`, list)],
      ...times(galleries, (i): [string, string] => [
        `/${slug}/photos/set-${i}`,
        html('Set', '<h1>Set</h1>', ld(i)),
      ]),
      [
        `/babes?q=${who.name.replaceAll(' ', '+')}`,
        html(
          'Babes',
          `<div id="search-result"><div data-test="teaser-subject"><a href="/${slug}/feed"><p data-test="subject-name">${who.name}</p></a></div></div>`,
        ),
      ],
    ]),
    images: times(galleries, (g) => times(perGallery, (i) => photo(g, i))).flat(),
    nobody: { status: 404, html: html('404', '') },
  };
}
