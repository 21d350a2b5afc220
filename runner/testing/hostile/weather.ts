import type { Random } from '../world/random.ts';
import type { Fate } from './fate.ts';
import { failures, type Mischief, passOn, type TrueAnswer } from './mischief.ts';

/** What is wrong with a whole server for some time: what it makes of an answer, or null for those that it does not concern. */
export interface Weather {
  name: string;
  mischief: (path: string) => Mischief | null;
}

/** At a stash-box, at ThePornDB or at a reference site. */
export function isPicture(path: string): boolean {
  return /^\/(?:images|pictures)\/|\.(?:jpg|webp|png)$/.test(path.split('?')[0] ?? '');
}

const always = (mischief: Mischief) => () => mischief;
const forPictures = (mischief: Mischief) => (path: string) => (isPicture(path) ? mischief : null);
const forQuestions = (mischief: Mischief) => (path: string) => (isPicture(path) ? null : mischief);
const { 'hang-up': hangUp, 'bad gateway': badGateway, 'busy without a time': busy } = failures;
const status =
  (code: number): Mischief =>
  (_, response) =>
    void response.writeHead(code).end();

/** The true answer in other words; answers that are no JSON pass. */
const retold =
  (tell: (text: string) => string): Mischief =>
  (answer, ...rest) =>
    passOn({ ...answer, body: Buffer.from(tell(answer.body.toString())) } satisfies TrueAnswer, ...rest);

const away: Weather[] = [
  { name: 'away', mischief: always(hangUp ?? passOn) },
  { name: 'restarting', mischief: always(badGateway ?? passOn) },
];

/** A stash-box, or ThePornDB: both behind a key, with a store of pictures. */
const ofBoxes: Weather[] = [
  ...away,
  { name: 'database away (401)', mischief: forQuestions(status(401)) },
  { name: 'store of pictures away (404)', mischief: forPictures(status(404)) },
  {
    name: 'page of maintenance (200)',
    mischief: forQuestions(
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>back soon</html>'),
    ),
  },
];

const ofStashBoxes: Weather[] = [
  ...ofBoxes,
  {
    name: 'errors of GraphQL',
    mischief: forQuestions(
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
    mischief: forQuestions(
      retold((text) => text.replace(/("queryPerformers":)\{.*\}(?=\}\}$)/s, '$1{"count":0,"performers":[]}')),
    ),
  },
  {
    name: 'finds nobody by id',
    mischief: forQuestions(retold((text) => text.replaceAll(/("p\d+":)\{[^{}]*\}/g, '$1null'))),
  },
];

const ofThePornDb: Weather[] = [
  ...ofBoxes,
  {
    name: 'listing of exactly 10,000',
    mischief: forQuestions(retold((text) => text.replace(/"total":\d+/, '"total":10000'))),
  },
];

const ofSites: Weather[] = [
  ...away,
  { name: 'busy', mischief: always(busy ?? passOn) },
  { name: 'refusing', mischief: always(status(403)) },
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
export function weatherAt(fate: Fate, host: string, kind: HostKind, nowMs: number): Weather | null {
  const storm = fate.of('storm', host, Math.floor(nowMs / STORM_MS));
  if (storm.chance(0.08)) return storm.pick(kinds[kind]);
  const spell = fate.of('spell', host, Math.floor(nowMs / SPELL_MS));
  return spell.chance(0.4) && nowMs % SPELL_MS < lengthOf(spell) ? spell.pick(kinds[kind]) : null;
}

function lengthOf(spell: Random): number {
  return spell.pick([15_000, 30_000, 60_000, 180_000]);
}
