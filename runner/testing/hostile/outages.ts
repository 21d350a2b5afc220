import type { Random } from '../world/random.ts';
import type { RandomStreams } from './random-streams.ts';
import { failures, passOn, type ResponseFault, type TrueAnswer } from './response-faults.ts';

/** What is wrong with a whole server for some time: what it makes of an answer, or null for those that it does not concern. */
export interface Outage {
  name: string;
  fault: (path: string) => ResponseFault | null;
}

/** At a stash-box, at ThePornDB or at a reference site. */
export function isPicture(path: string): boolean {
  return /^\/(?:images|pictures)\/|\.(?:jpg|webp|png)$/.test(path.split('?')[0] ?? '');
}

const always = (fault: ResponseFault) => () => fault;
const forPictures = (fault: ResponseFault) => (path: string) => (isPicture(path) ? fault : null);
const forQuestions = (fault: ResponseFault) => (path: string) => (isPicture(path) ? null : fault);
const { 'hang-up': hangUp, 'bad gateway': badGateway, 'busy without a time': busy } = failures;
const status =
  (code: number): ResponseFault =>
  (_, response) =>
    void response.writeHead(code).end();

/** The true answer in other words; answers that are no JSON pass. */
const retold =
  (tell: (text: string) => string): ResponseFault =>
  (answer, ...rest) =>
    passOn({ ...answer, body: Buffer.from(tell(answer.body.toString())) } satisfies TrueAnswer, ...rest);

const away: Outage[] = [
  { name: 'away', fault: always(hangUp ?? passOn) },
  { name: 'restarting', fault: always(badGateway ?? passOn) },
];

/** A stash-box, or ThePornDB: both behind a key, with a store of pictures. */
const ofBoxes: Outage[] = [
  ...away,
  { name: 'database away (401)', fault: forQuestions(status(401)) },
  { name: 'store of pictures away (404)', fault: forPictures(status(404)) },
  {
    name: 'page of maintenance (200)',
    fault: forQuestions(
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>back soon</html>'),
    ),
  },
];

const ofStashBoxes: Outage[] = [
  ...ofBoxes,
  {
    name: 'errors of GraphQL',
    fault: forQuestions(
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(
            JSON.stringify({ errors: [{ message: 'pq: the database system is shutting down' }], data: null }),
          ),
    ),
  },
  {
    name: 'lists nobody',
    fault: forQuestions(
      retold((text) => text.replace(/("queryPerformers":)\{.*\}(?=\}\}$)/s, '$1{"count":0,"performers":[]}')),
    ),
  },
  {
    name: 'finds nobody by id',
    fault: forQuestions(retold((text) => text.replaceAll(/("p\d+":)\{[^{}]*\}/g, '$1null'))),
  },
];

const ofThePornDb: Outage[] = [
  ...ofBoxes,
  {
    name: 'listing of exactly 10,000',
    fault: forQuestions(retold((text) => text.replace(/"total":\d+/, '"total":10000'))),
  },
];

const ofSites: Outage[] = [
  ...away,
  { name: 'busy', fault: always(busy ?? passOn) },
  { name: 'refusing', fault: always(status(403)) },
];

const kinds = { 'stash-box': ofStashBoxes, theporndb: ofThePornDb, site: ofSites } as const;
export type HostKind = keyof typeof kinds;

const SPELL_MS = 4 * 60_000;
const STORM_MS = 2 * 3_600_000;

/**
 * The weather at a moment: most of the time fine; in four of ten spells of 4 minutes something is wrong for a part of it, and in a few
 * of the two-hour spells for the whole of them.
 *
 * @returns null for fine weather
 */
export function outageAt(streams: RandomStreams, host: string, kind: HostKind, nowMs: number): Outage | null {
  const storm = streams.of('storm', host, Math.floor(nowMs / STORM_MS));
  if (storm.chance(0.08)) return storm.pick(kinds[kind]);
  const spell = streams.of('spell', host, Math.floor(nowMs / SPELL_MS));
  return spell.chance(0.4) && nowMs % SPELL_MS < lengthOf(spell) ? spell.pick(kinds[kind]) : null;
}

function lengthOf(spell: Random): number {
  return spell.pick([15_000, 30_000, 60_000, 180_000]);
}
