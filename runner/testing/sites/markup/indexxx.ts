import { html, hyphened, type Shape, type SitePerformer, type SiteWorld, times } from '../site-performer.ts';

const SITE = 'https://www.indexxx.com';
const IMAGES = 'https://img.indexxx.com/images';

export function indexxx(who: SitePerformer, { pictures }: Shape): SiteWorld {
  const slug = hyphened(who.name);
  const page = `/m/${slug}`;
  const body = `
    <h1 id="model-name">${who.name}</h1>
    ${pictures === 0 ? `<img class="model-img" src="${IMAGES}/models/no-image-yet.jpg">` : `<img class="model-img big" src="${IMAGES}/models/${slug}-1001.jpg">`}
    ${times(Math.max(0, pictures - 1), (i) => `<img src="${IMAGES}/thumbs/85x85/models/${slug}-${1001 + i}.jpg">`).join('')}
    <img src="${IMAGES}/thumbs/85x85/models/mira-solanova-77.jpg">
    <a class="modelLink" data-modelphoto="x"><img src="${IMAGES}/models/other-model-5.jpg"></a>
    <img src="${IMAGES}/sets/9-1.jpg">`;
  return {
    storedUrl: `${SITE}/m/Mira-Solano/`,
    page: '/m/Mira-Solano',
    pages: new Map([
      [page, html(`${who.name} - indexxx`, body)],
      ['/m/Mira-Solano', html(`${who.name} - indexxx`, body)],
      ['/', html('indexxx', '<h1>Welcome</h1>')],
      [
        `/search/?query=${who.name.replaceAll(' ', '+')}`,
        html(
          'Search',
          `<div class="modelPanel x"><a class="modelLink3 y" href="/m/mira-solanova">Mira Solanova</a></div><div class="modelPanel x"><a class="modelLink3 y" href="${page}">${who.name}</a></div>`,
        ),
      ],
    ]),
    images: times(pictures, (i) => `${IMAGES}/models/${slug}-${1000 + i}.jpg`),
    nobody: { status: 404, html: html('indexxx', '<h1>Nobody</h1>') },
  };
}
