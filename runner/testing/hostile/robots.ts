import type { ResponseFault } from './response-faults.ts';

/** Rules that cost a careless reader minutes: long, deep in wildcards, cut at its limit, with every odd line. None of them forbids our pages. */
export const monstrousRobots: ResponseFault = (_, response, _nowMs, chance) => {
  const wild = Array.from({ length: 2_000 }, (_, i) => `Disallow: /private-${i}/*a*a*a*a*b$`);
  const odd = [
    '\ufeffUser-agent: somebody-else [and] {others}',
    'Disallow: /',
    '',
    'User-agent: *',
    'Sitemap: https://elsewhere.example/sitemap.xml',
    'Crawl-delay: 0.01',
    'Content-Signal: search=yes',
    "Disallow: /[a]|{b}'c^",
    'Disallow: /%62%61%64/',
    'Disallow:',
    'Unknown-line without a colon',
  ];
  const text = [...odd, ...wild.slice(0, 100 + chance.int(wild.length))].join(
    chance.chance(0.5) ? '\r\n' : '\n',
  );
  // The last rule is cut in its middle, as by a limit of length.
  response.writeHead(200, { 'content-type': 'text/plain' }).end(`${text}\nDisallow: /private`);
};
