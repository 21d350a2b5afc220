import { SourceBlocked } from '../../../http/request-errors.ts';
import type { PageAnswer } from '../../base/enrich-source.ts';
import type { SiteDefinition } from '../definition/definition.ts';
import { isOfSite } from './find-addresses.ts';
import type { PageDocument } from './page-document.ts';

const CHALLENGE_MARKS = ['/cdn-cgi/challenge-platform/', '_cf_chl_opt', '<title>Just a moment...</title>'];
const WALL = /\/(?:log-?in|sign-?in|sign-?up|register|age-?(?:check|gate|verification))(?:[/.?]|$)/i;

/** Whether the site refuses us: the statuses that say so. What the words of a page say is never evidence of it. */
export function isRefusal({ status }: PageAnswer): boolean {
  return status === 401 || status === 403;
}

/**
 * Takes a site's no for a no.
 *
 * @throws SourceBlocked with the reason, when the answer is a refusal, a challenge, a login or another site
 */
export function refuseAnswer(definition: SiteDefinition, asked: string, answer: PageAnswer): void {
  const at = new URL(answer.url);
  if (!isOfSite(definition, at)) {
    throw new SourceBlocked(`${withoutQuery(asked)} leads to ${at.host}, which is another site`);
  }
  if (answer.url !== asked && WALL.test(at.pathname)) throw loginWanted(asked);
  if (isRefusal(answer)) {
    const why = isChallenge(answer) ? 'with a challenge that only browsers pass' : 'without a reason';
    throw new SourceBlocked(
      `${withoutQuery(asked)} refused us (${answer.status}, ${why}): the site does not want to be read this way`,
    );
  }
}

/** @throws SourceBlocked for a page that has a password field where the performer should be */
export function refuseLogin(asked: string, page: PageDocument): void {
  if (page.$('input[type="password"]').length > 0) throw loginWanted(asked);
}

function isChallenge({ headers, body }: PageAnswer): boolean {
  if (headers['cf-mitigated'] === 'challenge') return true;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
  return CHALLENGE_MARKS.some((mark) => text.includes(mark));
}

function loginWanted(asked: string): SourceBlocked {
  return new SourceBlocked(
    `${withoutQuery(asked)} asks for a login or an age check: such pages are not read`,
  );
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
