import { type StoredPage, storePage } from '../catalog/look-ups.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import type { PageAnswer, PageMemory } from '../sources/base/enrich-source.ts';

export interface PagesOptions {
  catalog: CatalogWriter;
  performerId: number;
  source: string;
  /** As the catalog has them. */
  pages: readonly StoredPage[];
  /** Whether "as it was" would be an answer: false when pictures have to be looked at again. */
  isSettled: boolean;
  now: () => Date;
}

/** A page that came longer ago is asked for again: the task was not cut short but left. */
const KEPT_LIFETIME_MS = 24 * 3_600_000;

/** One performer's pages at a source: what to ask with, and those that came before a task was cut short. */
export function rememberPages({
  catalog,
  performerId,
  source,
  pages,
  isSettled,
  now,
}: PagesOptions): PageMemory {
  const byUrl = new Map(pages.map((page) => [page.url, page]));
  return {
    known(url) {
      const page = byUrl.get(url);
      return isSettled && page?.content === null ? page : null;
    },
    kept(url) {
      const page = byUrl.get(url);
      const isFresh = page && now().getTime() - Date.parse(page.readAt) < KEPT_LIFETIME_MS;
      return isFresh && page.content ? answerOf(page, page.content) : null;
    },
    keep(url, answer) {
      const page = pageOf(url, answer, byUrl.get(url));
      byUrl.set(url, { ...page, readAt: now().toISOString() });
      return storePage(catalog, performerId, source, page);
    },
  };
}

function answerOf(
  { status, etag, lastModified, contentType, cameFrom }: StoredPage,
  body: Uint8Array,
): PageAnswer {
  const given = { etag, 'last-modified': lastModified, 'content-type': contentType };
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value ?? undefined]),
  );
  return { status, headers, body, url: cameFrom };
}

/** A page that says "as it was" need not say again what to ask with. */
function pageOf(
  url: string,
  { status, headers, body, url: cameFrom }: PageAnswer,
  before?: StoredPage,
): Omit<StoredPage, 'readAt'> {
  const isSame = status === 304;
  const isText = typeof body === 'string';
  return {
    url,
    etag: headers.etag ?? (isSame ? (before?.etag ?? null) : null),
    lastModified: headers['last-modified'] ?? (isSame ? (before?.lastModified ?? null) : null),
    status,
    cameFrom,
    contentType: isText ? 'text/html; charset=utf-8' : (headers['content-type'] ?? null),
    content: isText ? new TextEncoder().encode(body) : body,
  };
}
