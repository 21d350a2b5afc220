import {
  html,
  type Shape,
  type SitePerformer,
  type SiteWorld,
  times,
  underscored,
} from '../site-performer.ts';

const SITE = 'https://www.boobpedia.com';

export function boobpedia(who: SitePerformer, { pictures }: Shape): SiteWorld {
  const slug = underscored(who.name);
  const page = `/boobs/${slug}`;
  const thumb = (index: number) => `/wiki/images/thumb/a/a${index}/Mira${index}.jpg/240px-Mira${index}.jpg`;
  const full = (index: number) => `/wiki/images/a/a${index}/Mira${index}.jpg`;
  const image = (src: string) =>
    `<span typeof="mw:File"><a class="mw-file-description" href="/boobs/File:M.jpg"><img src="${src}"></a></span>`;
  const row = (label: string, value: string) => `<tr><td><b>${label}</b></td><td>${value}</td></tr>`;
  const boxes = times(Math.max(0, pictures - 1), (i) => `<li class="gallerybox">${image(thumb(i + 1))}</li>`);
  const body = `
    <h1 id="firstHeading">${who.name}</h1>
    <table class="infobox"><tr><td colspan="2">${pictures > 0 ? image(thumb(1)) : ''}
      <img src="/wiki/images/thumb/x/xy/Twitter.jpg/16px-Twitter.jpg"><img src="/wiki/images/icons/site.png"></td></tr>
      ${row('Also known as', `${who.alias}, ${who.birthName}[1]`)}${row('Birth name', who.birthName)}
      ${row('Born', `March 12, ${who.birthYear}[2]`)}${row('Nationality', 'Portuguese[3]')}
      <tr><td><a href="https://twitter.com/${who.handle}"><b>Twitter</b></a></td></tr></table>
    <ul class="gallery">${boxes.join('')}</ul><img src="/skins/logo.jpg">`;
  const head = `<script>RLCONF={"wgPageName":"${slug}","wgTitle":"x"};</script>`;
  return {
    storedUrl: SITE + page,
    page,
    pages: new Map([
      [page, html(`${who.name} - Boobpedia`, body, head)],
      [
        `/wiki/api.php?action=query&format=json&list=search&srwhat=title&srsearch=${who.name.replaceAll(' ', '+')}`,
        JSON.stringify({ query: { search: [{ title: who.name }, { title: `${who.name} (II)` }] } }),
      ],
    ]),
    images: times(pictures, (i) => SITE + full(i)),
    nobody: {
      status: 404,
      html: html(
        'Boobpedia',
        '<h1 id="firstHeading">X</h1><div class="noarticletext">There is no text</div>',
      ),
    },
  };
}
