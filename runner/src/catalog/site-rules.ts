import { bareHandle, decodePart } from './tidy-id.ts';

/** A profile address, taken apart. */
export interface AddressParts {
  /** Non-empty path segments, still percent-encoded. */
  segments: string[];
  path: string;
  query: URLSearchParams;
  /** The language of a Wikipedia host, otherwise empty. */
  language: string;
}

export interface SiteRule {
  site: string;
  /** Without `www.`, `m.` and `mobile.`. */
  hosts: string[];
  /** How far an equal id means an equal performer: 1 for ids and handles, less for slugs that namesakes share. */
  confidence: number;
  id: (parts: AddressParts) => string | null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** First path segments of social sites that are pages of the site, not people. */
const RESERVED = new Set('i home search intent share hashtag explore p reel stories tv accounts'.split(' '));
const FREEONES_PAGES = new Set('babes photos videos feed search login signup vod html'.split(' '));

type Taker = SiteRule['id'];

/** The segment after `name`, which must come first. */
function after(...names: string[]): Taker {
  return ({ segments: [first = '', second] }) =>
    names.includes(first.toLowerCase()) ? (second ?? null) : null;
}

/** A stash-box's performer id. */
const performerUuid: Taker = (parts) => {
  const id = after('performers')(parts);
  return id !== null && UUID.test(id) ? id : null;
};

/** The first segment as a handle; `_u` is Instagram's prefix for links that open its app. */
const handle: Taker = ({ segments }) => {
  const name = segments.map(bareHandle).find((segment) => segment !== '' && segment !== '_u');
  return name && !RESERVED.has(name.toLowerCase()) ? name : null;
};

/** The first segment, only when it is written as a handle. */
const atHandle: Taker = ({ segments: [first = ''] }) =>
  /^[\s\p{Cc}\p{Cf}]*@/u.test(decodePart(first)) ? bareHandle(first) : null;

/** The first group of the pattern in the path. */
function inPath(pattern: RegExp): Taker {
  return ({ path }) => pattern.exec(path)?.[1] ?? null;
}

/** Titles and studios have ids too. */
const iafdPerson: Taker = ({ segments: [page = ''], path, query }) =>
  /^person\./i.test(page)
    ? (/\/(?:perfid|id)=([^/]+)/i.exec(path)?.[1] ?? query.get('perfid') ?? query.get('id'))
    : null;

/** Models and pornstars are two lists with names of their own. */
const pornhubPage: Taker = (parts) => {
  const model = after('model')(parts);
  return model === null ? after('pornstar')(parts) : `model/${model}`;
};

const freeonesSlug: Taker = ({ segments }) => {
  const hasLocale = /^[a-z]{2}$/i.test(segments[0] ?? '') && segments.length > 1;
  const slug = hasLocale ? segments[1] : segments[0];
  return slug && /^[a-z0-9-]+$/i.test(slug) && !FREEONES_PAGES.has(slug.toLowerCase()) ? slug : null;
};

/** The trailing number where there is one, so that old `actorid=` links agree with new ones. */
const afdbActor: Taker = (parts) => {
  const slug = after('actor')(parts);
  const old = [...parts.query].find(([name]) => name.toLowerCase() === 'actorid')?.[1];
  return slug ? (/-(\d+)$/.exec(slug)?.[1] ?? slug) : (old ?? null);
};

const boobpediaPage: Taker = (parts) => {
  const title = after('boobs')(parts);
  return title && !/^(?:file|category|special)(?::|%3a)/i.test(title) ? title : null;
};

/** A title may hold slashes. */
const wikipediaTitle: Taker = ({ path, language }) => {
  const title = /^\/wiki\/(.+)$/.exec(path)?.[1];
  return title && language ? `${language}:${title}` : null;
};

/** One row per site; the whole behaviour of `normaliseUrl` beyond the host. */
export const SITE_RULES: SiteRule[] = [
  { site: 'stashdb', hosts: ['stashdb.org'], confidence: 1, id: performerUuid },
  { site: 'pmvstash', hosts: ['pmvstash.org'], confidence: 1, id: performerUuid },
  { site: 'javstash', hosts: ['javstash.org'], confidence: 1, id: performerUuid },
  { site: 'fansdb', hosts: ['fansdb.cc', 'fansdb.xyz'], confidence: 1, id: performerUuid },
  { site: 'theporndb', hosts: ['theporndb.net', 'metadataapi.net'], confidence: 1, id: after('performers') },
  { site: 'iafd', hosts: ['iafd.com'], confidence: 1, id: iafdPerson },
  { site: 'imdb', hosts: ['imdb.com'], confidence: 1, id: inPath(/\/name\/(nm\d+)/i) },
  { site: 'wikidata', hosts: ['wikidata.org'], confidence: 1, id: inPath(/^\/(?:wiki|entity)\/(Q\d+)/i) },
  { site: 'twitter', hosts: ['twitter.com', 'x.com'], confidence: 1, id: handle },
  { site: 'instagram', hosts: ['instagram.com'], confidence: 1, id: handle },
  { site: 'onlyfans', hosts: ['onlyfans.com'], confidence: 1, id: handle },
  { site: 'fansly', hosts: ['fansly.com'], confidence: 1, id: handle },
  { site: 'pornhub', hosts: ['pornhub.com'], confidence: 0.8, id: pornhubPage },
  { site: 'xvideos', hosts: ['xvideos.com'], confidence: 0.8, id: after('pornstar', 'pornstars') },
  { site: 'freeones', hosts: ['freeones.com', 'freeones.xxx'], confidence: 0.8, id: freeonesSlug },
  { site: 'babepedia', hosts: ['babepedia.com'], confidence: 0.8, id: after('babe') },
  { site: 'boobpedia', hosts: ['boobpedia.com'], confidence: 0.8, id: boobpediaPage },
  { site: 'indexxx', hosts: ['indexxx.com'], confidence: 0.8, id: after('m') },
  { site: 'afdb', hosts: ['adultfilmdatabase.com'], confidence: 0.8, id: afdbActor },
  { site: 'data18', hosts: ['data18.com'], confidence: 0.8, id: after('name') },
  { site: 'thenude', hosts: ['thenude.com'], confidence: 0.6, id: inPath(/_(\d+)\.htm$/i) },
  { site: 'tiktok', hosts: ['tiktok.com'], confidence: 0.6, id: atHandle },
  { site: 'threads', hosts: ['threads.net', 'threads.com'], confidence: 0.6, id: atHandle },
  { site: 'wikipedia', hosts: ['wikipedia.org'], confidence: 0.6, id: wikipediaTitle },
  {
    site: 'dbnaked',
    hosts: ['dbnaked.com'],
    confidence: 0.6,
    id: inPath(/^\/models\/general\/[^/]+\/([^/]+)/i),
  },
  {
    site: 'dmm_fanza',
    hosts: ['dmm.co.jp', 'fanza.com', 'actress.dmm.co.jp'],
    confidence: 0.6,
    id: inPath(/(?:article=actress\/id|\/actress_id)=(\d+)/i),
  },
  { site: 'r18dev', hosts: ['r18.dev'], confidence: 0.6, id: after('idols') },
  { site: 'minnano_av', hosts: ['minnano-av.com'], confidence: 0.6, id: inPath(/\/actress(\d+)\.html/i) },
  {
    site: 'xcity',
    hosts: ['xcity.jp', 'xxx.xcity.jp'],
    confidence: 0.6,
    id: inPath(/\/idol\/detail\/(\d+)/i),
  },
  { site: 'pornpics', hosts: ['pornpics.com'], confidence: 0.6, id: after('pornstars') },
  { site: 'elitebabes', hosts: ['elitebabes.com'], confidence: 0.6, id: after('model') },
  { site: 'javdatabase', hosts: ['javdatabase.com'], confidence: 0.6, id: after('idols') },
];

/** Stash-boxes: an address there is somebody's explicit word that it is the same performer. */
export const STASH_BOX_SITES: ReadonlySet<string> = new Set([
  'stashdb',
  'pmvstash',
  'javstash',
  'fansdb',
  'theporndb',
]);
