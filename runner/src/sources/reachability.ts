import type { Clock } from '../http/clock.ts';
import { type TransportSettings, whyUnreachable } from './page/availability.ts';
import type { SiteDefinition, TransportKind } from './page/definition/definition.ts';

/** A browser that was just there is still there. */
const ANSWER_LIFETIME_MS = 60_000;

/** Whether the FlareSolverr and the Chrome that the owner configured answer, asked at most once a minute each. */
export function createReach(settings: TransportSettings, clock: Pick<Clock, 'now'>) {
  const answers = new Map<TransportKind, { askedAt: number; reason: Promise<string | null> }>();

  function ask(definition: SiteDefinition) {
    const answer = { askedAt: clock.now(), reason: whyUnreachable(definition, settings) };
    answers.set(definition.transport.use, answer);
    return answer;
  }

  return {
    /** Why what the site is read through does not answer, or null. */
    whyNot(definition: SiteDefinition): Promise<string | null> {
      const known = answers.get(definition.transport.use);
      const isFresh = known && clock.now() - known.askedAt < ANSWER_LIFETIME_MS;
      return (isFresh ? known : ask(definition)).reason;
    },
  };
}
