import {
  html,
  type Shape,
  type SitePerformer,
  type SiteWorld,
  times,
  underscored,
} from '../site-performer.ts';

const SITE = 'https://www.babepedia.com';

export function babepedia(who: SitePerformer, { pictures }: Shape): SiteWorld {
  const slug = underscored(who.name);
  const page = `/babe/${slug}`;
  const file = (index: number) => `/pics/${slug.replaceAll('_', ' ')}${index === 1 ? '' : index}`;
  const body = `
    <h1 id=babename>${who.name}</h1><h2 id="aka">${who.alias} - ${who.birthName} (birth name)</h2>
    <div id="profbox2">${times(pictures, (i) => `<a class=img href="${file(i)}.jpg"><img src="${file(i)}_thumb3.jpg"></a>`).join('')}</div>
    <span class="label">Born:</span> <span><a href="/born/12-march">12th of March</a>
      <a href="/born-in-the-year/${who.birthYear}">${who.birthYear}</a></span>
    <span class="label">Nationality</span> <span><i class="fi fi-pt"></i></span>
    <div id="socialicons"><a href="/onlyfans/${who.handle}">OF</a>
      <a href="https://twitter.com/${who.handle}">T</a><a href="/babe/top100">Top</a></div>
    <div id="thumbs">${times(Math.min(pictures, 1), () => '<div class="thumbshot"><img src="/css/dot.gif" data-src="/galleries-thumbs/Set-9/01.jpg"></div>').join('')}</div>
    <img src="/logo.png">`;
  return {
    storedUrl: `${SITE}${page}?ref=1`,
    page,
    pages: new Map([
      [page, html(`${who.name} at Babepedia`, body)],
      ['/', html('Babepedia', '')],
      [
        `/ajax-search.php?term=${who.name.replaceAll(' ', '+')}`,
        JSON.stringify([
          { label: `${who.name} Junior`, value: `${who.name} Junior` },
          { label: who.name, value: who.name },
        ]),
      ],
    ]),
    images: [
      ...times(pictures, (i) => `${SITE}${encodeURI(file(i))}.jpg`),
      ...times(Math.min(pictures, 1), () => `${SITE}/galleries/Set-9/01.jpg`),
    ],
    nobody: { status: 404, html: html('404 - babe not found', '<p>Who?</p>') },
  };
}
