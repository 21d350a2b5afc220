import { html, hyphened, type Shape, type SitePerformer, type SiteWorld } from '../site-performer.ts';

const SITE = 'https://www.javdatabase.com';

export function javdatabase(who: SitePerformer, { pictures }: Shape): SiteWorld {
  // The family name comes first there.
  const slug = hyphened(who.name.split(' ').reverse().join(' '));
  const page = `/idols/${slug}/`;
  const portrait = (size: string, name = slug) => `${SITE}/idolimages/${size}/${name}.webp`;
  const has = pictures > 0;
  const body = `
    <h1 class="idol-name">${who.name} - JAV Profile</h1>
    <div class="idol-portrait"><a rel="sponsored" href="https://ads.example"><img src="data:image/gif;base64,R0" data-src="${has ? portrait('thumb') : portrait('thumb', `${slug}-2`)}"></a></div>
    <p><b>JP:</b> 美良 <b>Alt:</b> ${who.alias}</p><p><b>DOB:</b> ${who.birthYear}-03-12</p>
    <p><b>Tags:</b> <a>Slim</a></p>
    <div class="card"><img src="${portrait('thumb', `${slug}-2`)}"></div>
    <img src="${SITE}/covers/thumb/ab/abc001ps.webp"><a rel="next" href="?ipage=2">Next</a>`;
  const head = `<link rel="canonical" href="${SITE}${page}">${has ? `<meta property="og:image" content="${portrait('full')}">` : ''}`;
  return {
    storedUrl: SITE + page,
    page,
    pages: new Map([
      [page, html(`${who.name} - JAV Profile`, body, head)],
      [
        `/?wpessid=391488&s=${who.name.replaceAll(' ', '+')}`,
        html(
          'Search',
          `<div class="idol-thumb"><a href="${SITE}${page}"><img alt="${who.name}" data-src="x"></a></div>`,
        ),
      ],
    ]),
    images: has ? [portrait('full')] : [],
    nobody: { status: 404, html: html('JAV', '<div class="page-404">Gone</div>') },
  };
}
