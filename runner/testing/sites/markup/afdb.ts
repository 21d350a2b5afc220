import { html, hyphened, type Shape, type SitePerformer, type SiteWorld, times } from '../site-performer.ts';

const SITE = 'https://www.adultfilmdatabase.com';

export function afdb(who: SitePerformer, { pictures }: Shape): SiteWorld {
  const slug = hyphened(who.name);
  const page = `/actor/${slug}-${who.number}/`;
  const headshot = `/Graphics/PornStars/${slug}_${who.number}.jpg`;
  const photo = (index: number) => `/graphics/galleries/${slug}/${index}.jpg`;
  const body = `
    <h1>${who.name}</h1>
    ${pictures > 0 ? `<img src="${headshot}">` : '<img src="/Graphics/PornStars/somebody-else_7.jpg">'}
    ${times(Math.max(0, pictures - 1), (i) => `<img src="${photo(i)}">`).join('')}
    <p><b>AKA:</b> ${who.alias}, ${who.birthName} (legal name)</p><p><b>Nationality:</b> Portuguese</p>
    <p><b>Born:</b> 12 March ${who.birthYear}</p>
    <img src="/Graphics/Boxes/film-404.jpg"><img src="/Graphics/PornStars/co-star_9.jpg">`;
  return {
    storedUrl: SITE + page,
    page,
    pages: new Map([[page, html(`${who.name} ${who.number} | Adult Film Database`, body)]]),
    images: pictures === 0 ? [] : [SITE + headshot, ...times(pictures - 1, (i) => SITE + photo(i))],
    nobody: { status: 200, html: html('Actor | Adult Film Database', '<p>Nothing</p>') },
  };
}
