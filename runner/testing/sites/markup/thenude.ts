import { html, type Shape, type SitePerformer, type SiteWorld, times } from '../site-performer.ts';

const SITE = 'https://www.thenude.com';
const IMAGES = 'https://static.thenude.com';

export function thenude(who: SitePerformer, { pictures }: Shape): SiteWorld {
  const file = `${who.name.replaceAll(' ', '%20')}_${who.number}`;
  const canonical = pictures === 0 ? `_${who.number}` : file;
  const cover = (index: number, who = 'Mira-Solano') =>
    `${IMAGES}/admin/covers/studio/2020-01-0${index}/medheads/${who}-${index}.jpg`;
  const covers = times(Math.max(0, Math.min(pictures, 9) - 1), (i) => `<img src="${cover(i)}">`);
  const body = `
    <span class="model-name">${who.name}</span>
    <meta itemprop="additionalName" content="${who.name}, ${who.alias}"><meta itemprop="gender" content="Female">
    <span itemprop="nationality">Portugal</span>
    <ul><li><span class="list-quest">Born</span>: March ${who.birthYear}</li><li><span class="list-quest">Hair</span>: ??</li></ul>
    <a href="https://twitter.com/${who.handle}">TWITTER</a> <a href="/top">TOP</a>
    ${covers.join('')}<img src="${cover(8, 'Other-Model')}">`;
  const head = `<link rel="canonical" href="${SITE}/${canonical}.htm">`;
  const page = `/_${who.number}.htm`;
  const content = html(`${who.name} nude`, body, head);
  return {
    storedUrl: SITE + page,
    page,
    pages: new Map([
      [page, content],
      [`/${file}.htm`, content],
      [
        `/index.php?page=search&action=searchModels&__form_name=navbar-search&m_aka=on&m_name=${who.name.replaceAll(' ', '+')}`,
        html(
          'Search',
          `<div class="blockIndexModels"><figure><a class="model-name" href="/X_1.htm">x</a><figcaption><span>Mira</span></figcaption></figure>
          <figure><a class="model-name" href="/${file}.htm">x</a><figcaption><span>Mira S</span><span>AKA: ${who.name}, ${who.alias}</span></figcaption></figure></div>`,
        ),
      ],
    ]),
    images: [
      ...times(Math.min(pictures, 1), () => `${IMAGES}/models/${file}/medhead.jpg`),
      ...times(Math.max(0, Math.min(pictures, 9) - 1), (i) => cover(i).replace('/medheads/', '/')),
    ],
    nobody: { status: 200, html: html('The Nude', '<p>No such model, 404 of them</p>') },
  };
}
