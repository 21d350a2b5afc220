import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startWebServer } from '../start-web-server.ts';
import { CLEARANCE, challengePage, type Faults, loginPage, malform } from './faults.ts';
import type { SiteWorld } from './site-performer.ts';

export interface SiteOptions {
  /** The site's own origin, as it is written on its pages. */
  site: string;
  /** Hosts of its pictures. */
  imageHosts: readonly string[];
  world: SiteWorld;
  /** The bytes of every picture. */
  picture: (url: string) => Uint8Array;
  faults?: Faults;
  /** By which requests are dated, ms. */
  now?: () => number;
}

/** A request, and how it was answered: null until the answer has left. */
export interface SiteRequest {
  url: string;
  headers: IncomingMessage['headers'];
  at: number;
  status: number | null;
}

/**
 * A reference site on loopback: one server per host, all of one world. `origins` says where each of its hosts is, and
 * `asked` what was asked for, by the addresses that the site knows itself by.
 */
export async function startSite(options: SiteOptions) {
  const hosts = [...new Set([new URL(options.site).host, ...options.imageHosts])];
  const asked: SiteRequest[] = [];
  const { now = Date.now } = options;
  const answer = createAnswer(options);
  const servers = await Promise.all(
    hosts.map((host) =>
      startWebServer((request, response) => {
        const url = `https://${host}${request.url}`;
        const noted: SiteRequest = { url, headers: request.headers, at: now(), status: null };
        asked.push(noted);
        response.on('finish', () => {
          noted.status = response.statusCode;
        });
        answer(url, request, response);
      }),
    ),
  );
  return {
    origins: new Map(hosts.map((host, i) => [`https://${host}`, servers[i]?.origin ?? ''])),
    asked,
    /** Paths of pages, without robots.txt and pictures. */
    pagesAsked: () =>
      asked
        .map(({ url }) => url)
        .filter((url) => url.startsWith(options.site) && !/\.(?:jpg|webp|txt)$/.test(url)),
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

type Answer = (url: string, request: IncomingMessage, response: ServerResponse) => void;

function createAnswer({ site, world, picture, faults = {} }: SiteOptions): Answer {
  const throttle = { left: faults.throttle?.times ?? 0 };
  return (url, request, response) => {
    const { pathname, search } = new URL(url);
    if (pathname === '/robots.txt')
      return void response.writeHead(faults.robots ? 200 : 404).end(faults.robots);
    if (world.images.includes(url) || /\.(?:jpg|webp|png)$/.test(pathname)) {
      return sendPicture(url, request, response);
    }
    if (faults.challenge && !request.headers.cookie?.includes(CLEARANCE)) {
      return void response.writeHead(403, { 'cf-mitigated': 'challenge' }).end(challengePage());
    }
    if (throttle.left > 0) {
      throttle.left -= 1;
      return void response.writeHead(429, { 'retry-after': faults.throttle?.retryAfter ?? '1' }).end();
    }
    if (faults.broken?.test(pathname)) return void response.writeHead(500).end();
    if (pathname + search === world.page && sendFault(response)) return;
    if (pathname === '/elsewhere') return void response.writeHead(302, { location: world.page }).end();
    sendPage(pathname + search, request, response);
  };

  /** Whether her page has a fault of its own. */
  function sendFault(response: ServerResponse): boolean {
    const location = faults.leadsTo ?? faults.movedTo ?? (faults.redirectLoop ? '/elsewhere' : undefined);
    if (location !== undefined) response.writeHead(301, { location }).end();
    else if (faults.login) response.writeHead(200, { 'content-type': 'text/html' }).end(loginPage());
    else if (faults.endlessBody) sendEndlessly(response);
    else return false;
    return true;
  }

  function sendPage(path: string, request: IncomingMessage, response: ServerResponse): void {
    const page = world.pages.get(path);
    if (page === undefined) {
      const { status, html } = world.nobody;
      return void response.writeHead(status, { 'content-type': 'text/html' }).end(html);
    }
    const etag = `"${createHash('sha256').update(page).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    const type = page.startsWith('<') ? 'text/html; charset=utf-8' : 'application/json';
    response.writeHead(200, { 'content-type': type, etag }).end(faults.malformed ? malform(page) : page);
  }

  function sendPicture(url: string, request: IncomingMessage, response: ServerResponse): void {
    const isOwn = request.headers.referer?.startsWith(site) ?? false;
    if (faults.hotlinkGuard && !isOwn) return void response.writeHead(403).end('no hotlinks');
    if (!world.images.includes(url) || faults.missing?.test(url)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(picture(url));
  }
}

function sendEndlessly(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' });
  const more = () => response.destroyed || (response.write('<p>'.repeat(20_000)) && setImmediate(more));
  response.on('drain', more);
  more();
}
