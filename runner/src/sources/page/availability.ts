import { request } from 'undici';
import type { Clock } from '../../http/clock.ts';
import { messageOf } from '../../logs/message-of.ts';
import type { SiteDefinition, TransportKind } from './definition/definition.ts';
import { findChrome } from './transports/cdp-connection.ts';
import { solverBase } from './transports/solver-client.ts';

/** The owner's environment, as far as transports go. */
export type TransportSettings = (variable: string) => string | undefined;

const VARIABLES: Record<Exclude<TransportKind, 'direct'>, { variable: string; title: string }> = {
  flaresolverr: { variable: 'FLARESOLVERR_URL', title: 'FlareSolverr' },
  chrome: { variable: 'CHROME_CDP_URL', title: 'Chrome' },
};
const PROBE_TIMEOUT_MS = 5_000;

/** Why the transport that the site needs is not configured, or null. A fallback is not needed. */
export function whyNoTransport({ transport }: SiteDefinition, settings: TransportSettings): string | null {
  if (transport.use === 'direct' || transportUrl(transport.use, settings) !== undefined) return null;
  const { variable, title } = VARIABLES[transport.use];
  return `${variable} is not set, and the site is only read through ${title}`;
}

/** Where the owner has it; undefined when they have not. */
export function transportUrl(kind: TransportKind, settings: TransportSettings): string | undefined {
  return kind === 'direct' ? undefined : settings(VARIABLES[kind].variable) || undefined;
}

/** Why the configured transport does not answer, or null. Asks it, for at most 5 s. */
export async function whyUnreachable(
  { transport }: SiteDefinition,
  settings: TransportSettings,
): Promise<string | null> {
  const url = transportUrl(transport.use, settings);
  if (transport.use === 'direct' || url === undefined) return null;
  const { variable, title } = VARIABLES[transport.use];
  try {
    await (transport.use === 'chrome' ? findChrome(url) : findSolver(url));
    return null;
  } catch (error) {
    return `${variable} is set, but no ${title} answers there: ${messageOf(error)}`;
  }
}

async function findSolver(url: string): Promise<void> {
  const answer = await request(`${solverBase(url)}/health`, {
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`it answered ${answer.statusCode}`);
}

/** A browser that was just there is still there. */
const ANSWER_LIFETIME_MS = 60_000;

/** Whether the FlareSolverr and the Chrome that the owner configured answer, asked at most once a minute each. */
export function createReachability(settings: TransportSettings, clock: Pick<Clock, 'now'>) {
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
