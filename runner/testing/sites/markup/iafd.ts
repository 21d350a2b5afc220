import { html, type Shape, type SitePerformer, type SiteWorld, times } from '../site-performer.ts';

const SITE = 'https://www.iafd.com';

export function iafd(who: SitePerformer, { pictures }: Shape): SiteWorld {
  const page = `/person.rme/id=${who.uuid}`;
  const old = `/person.rme/perfid=${who.handle}/gender=f/${who.handle}.htm`;
  const headshot = (index: number) => `/graphics/headshots/${who.handle}_f_${index}.jpg`;
  const row = (heading: string, value: string) =>
    `<p class="bioheading">${heading}</p><p class="biodata">${value}</p>`;
  const body = `
    <h1> ${who.name} </h1>
    <div id="headshot">${pictures === 0 ? '<img src="/graphics/headshots/nophoto340.jpg">' : times(Math.min(pictures, 3), (i) => `<img src="${headshot(i)}">`).join('')}</div>
    <p class="bioheading">Performer
       AKA</p><div class="biodata">${who.alias}<br>${who.alias} (somesite.com)<br>Ana or Eva<br>${who.birthName}</div>
    ${row('Birth Name', who.birthName)}${row('Gender', 'Woman')}
    ${row('Birthday', `<a href="/calendar.asp">March 17, ${who.birthYear}</a> (${2026 - who.birthYear} years old)`)}
    ${row('Nationality', 'Portuguese')}
    ${row('Website', `<a href="https://twitter.com/${who.handle}">@x</a><a href="/studio.rme/1">S</a>`)}
    <div data-src="/matchups.rme/id=${who.uuid}"></div><img src="/graphics/th_iafd_ad.gif">`;
  const result = (name: string, aka: string, href: string) =>
    `<tr><td><a href="${href}"><img></a></td><td><a href="${href}">${name}</a></td><td class="text-left">${aka}</td><td>2015</td></tr>`;
  return {
    storedUrl: SITE + old,
    page: old,
    pages: new Map([
      [page, html(`${who.name} - iafd.com`, body)],
      [old, html(`${who.name} - iafd.com`, body)],
      ['/', html('iafd', '')],
      [
        `/results.asp?searchtype=comprehensive&searchstring=${who.name.replaceAll(' ', '+')}`,
        html(
          'Results',
          `<table id="tblFem"><tr><th>Headshot</th></tr>${result(`${who.name}s`, '', '/person.rme/id=0')}${result('M. Solano', `${who.name} (somesite), ${who.alias}`, page)}</table><table id="tblMal"></table>`,
        ),
      ],
    ]),
    images: times(Math.min(pictures, 3), (i) => SITE + headshot(i)),
    nobody: { status: 404, html: html('404 - Page Not Found', '<p>Nothing here</p>') },
  };
}
