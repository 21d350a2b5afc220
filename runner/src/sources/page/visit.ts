import { NotRetryable, Retryable, SourceBlocked, Throttled } from '../../http/request-errors.ts';
import type { PageAnswer, PageMemory, ReadPage } from '../base/enrich-source.ts';
import type { Validators } from '../base/source.ts';
import type { SiteDefinition } from './definition/definition.ts';
import type { Attempt, PageReading } from './reading/look-up-result.ts';
import type { Matched } from './reading/read-performer.ts';
import { refuseAnswer } from './reading/refuse-answer.ts';
import type { Transport } from './transports/transport.ts';

/** The pages of one look-up: how many there may be, and what was learnt on each. */
export interface Visit {
  /**
   * Null when the performer's pages are used up, or it cannot be read; then `problems` says why. Status 304 when it is as it
   * was known, unless it is wanted `whole`.
   */
  open(url: string, whole?: 'whole'): Promise<PageAnswer | null>;
  note(url: string, kind: PageReading['kind'], matched: Matched): void;
  readonly attempts: Attempt[];
  readonly pages: PageReading[];
  readonly problems: string[];
  requests(): number;
  /** The pages that came whole or unchanged, by the addresses that were asked for. */
  read(): ReadPage[];
}

/** @throws SourceBlocked (from `open`) when the site refuses, and the signal's reason */
export function startVisit(
  definition: SiteDefinition,
  transport: Transport,
  memory: PageMemory,
  signal: AbortSignal,
): Visit {
  const problems: string[] = [];
  const pages: PageReading[] = [];
  const maxPages = definition.caps.pages;
  const validators = new Map<string, ReadPage>();
  let asked = 0;

  async function open(url: string, whole?: 'whole'): Promise<PageAnswer | null> {
    if (asked >= maxPages) {
      problems.push(`${url} was not asked for: ${maxPages} pages per performer are the limit`);
      return null;
    }
    asked += 1;
    try {
      const answer = keptAnswer(url, whole) ?? (await fetchPage(url, whole));
      const { etag = null, 'last-modified': lastModified = null } = answer.headers;
      if ([0, 200, 304].includes(answer.status)) validators.set(url, { url, etag, lastModified });
      return answer;
    } catch (error) {
      problems.push(passable(error));
      return null;
    }
  }

  function keptAnswer(url: string, whole?: 'whole'): PageAnswer | null {
    const answer = memory.kept(url);
    return answer?.status === 304 && whole ? null : answer;
  }

  async function fetchPage(url: string, whole?: 'whole'): Promise<PageAnswer> {
    const known = whole ? null : memory.known(url);
    const answer = await transport.fetchPage(url, known ?? nothingKnown, signal);
    refuseAnswer(definition, url, answer);
    await memory.keep(url, answer);
    return answer;
  }

  return {
    open,
    note: (url, kind, matched) => void pages.push({ url, kind, matched }),
    attempts: [],
    pages,
    problems,
    requests: () => asked,
    read: () => [...validators.values()],
  };
}

const nothingKnown: Validators = { etag: null, lastModified: null };

/** The sentence of an error that spoils one page only. @throws everything else */
function passable(error: unknown): string {
  if (error instanceof Throttled) {
    throw new SourceBlocked(`${error.message}; it still says so after every wait that is allowed`, {
      cause: error,
    });
  }
  if (error instanceof NotRetryable || error instanceof Retryable) return error.message;
  throw error;
}
