import { SourceBlocked } from '../../http/request-errors.ts';
import type { PageShape, PerformerPage, ThePornDbClient } from './client.ts';
import { readId } from './read-performer.ts';

export interface NumberedPage extends PerformerPage {
  number: number;
}

/**
 * Pages from the one with that number to the end. When the total falls on the way, rows have moved up by as much, perhaps over
 * the edge of the page read last: that one is read again first.
 *
 * @throws SourceBlocked when two pages in a row hold the same performers, which would go on for ever
 */
export async function* readPages(
  client: ThePornDbClient,
  { page: first, ...shape }: PageShape & { page: number },
  signal: AbortSignal,
): AsyncGenerator<NumberedPage> {
  let [totalBefore, idsBefore, fullPage] = [0, '', 0];
  for (let number = first; ; number++) {
    const page = await client.listPerformers(number, shape, signal);
    const ids = page.rows.map(readId).join(' ');
    if (ids.trim() !== '' && ids === idsBefore) throw stuck(number);
    if (page.total !== null && page.total < totalBefore && number > 1) {
      yield { ...(await client.listPerformers(number - 1, shape, signal)), number: number - 1 };
    }
    yield { ...page, number };
    [totalBefore, idsBefore] = [page.total ?? 0, ids];
    fullPage = Math.max(fullPage, page.rows.length);
    if (isLast(page, number, fullPage)) return;
  }
}

/** `fullPage` is the longest seen: the limit on `per_page` is not documented, so fewer rows than asked for say nothing. */
function isLast({ rows, total, lastPage }: PerformerPage, number: number, fullPage: number): boolean {
  if (rows.length === 0) return true;
  if (lastPage !== null) return number >= lastPage;
  if (total !== null) return number * fullPage >= total;
  return rows.length < fullPage;
}

function stuck(number: number): SourceBlocked {
  return new SourceBlocked(
    `ThePornDB gives the same performers on page ${number} as on the one before, so its pages cannot be walked through now`,
  );
}
