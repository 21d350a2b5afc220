import { z } from 'zod';
import { SourceBlocked } from '../../http/request-errors.ts';
import type { Endpoint, FetchResource } from './fetch-resource.ts';
import { readId } from './read-performer.ts';

export interface PerformerPage {
  /** Unchecked: one bad row must not take its page along. */
  rows: unknown[];
  /** Performers in all; null when it does not say. */
  total: number | null;
  /** The last page's number; null when it does not say. */
  lastPage: number | null;
}

/** Which rows are on a page. */
export interface PageShape {
  perPage: number;
  /** Only performers of that gender, in ThePornDB's words; everybody when null. */
  gender?: string | null;
}

/** What one id leads to: nobody, or a performer, perhaps under another id by now (null when the answer does not say). */
export type Whereabouts = { isGone: true } | { isGone: false; id: string | null };

const wholeNumber = z.coerce.number().int().positive().nullish().catch(null);
const meta = z
  .object({ total: wholeNumber, last_page: wholeNumber, last: wholeNumber })
  .nullish()
  .catch(null);
const page = z.object({ data: z.array(z.unknown()), meta });
const resource = z.object({ data: z.unknown() });

export type ThePornDbClient = ReturnType<typeof createClient>;

/** The two questions that a walk asks. */
export function createClient(fetchResource: FetchResource, { url, urlVariable }: Endpoint) {
  /**
   * In its own order: the others that are published were seen to be refused.
   *
   * @throws RequestRejected when it takes no `gender`
   */
  async function listPerformers(
    number: number,
    { perPage, gender = null }: PageShape,
    signal: AbortSignal,
  ): Promise<PerformerPage> {
    const filter = gender === null ? '' : `&gender=${encodeURIComponent(gender)}`;
    const found = await fetchResource(
      `/performers?page=${number}&per_page=${perPage}${filter}`,
      page,
      signal,
    );
    if (found === null) throw new SourceBlocked(`${url} has no performers (HTTP 404): check ${urlVariable}`);
    const { data, meta: said } = found;
    return { rows: data, total: said?.total ?? null, lastPage: said?.last_page ?? said?.last ?? null };
  }

  async function locate(id: string, signal: AbortSignal): Promise<Whereabouts> {
    const found = await fetchResource(`/performers/${encodeURIComponent(id)}`, resource, signal);
    return found === null ? { isGone: true } : { isGone: false, id: readId(found.data) };
  }

  return { listPerformers, locate };
}
