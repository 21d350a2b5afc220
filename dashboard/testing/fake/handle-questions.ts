import type { Explanation, Question } from '@trainer/contract/questions';
import { refuse } from './refusal.ts';
import { ago, type World } from './world.ts';

/** How long the fake runner thinks, ms; a question with a "?" at its end is never answered. */
const THINKS_MS = 900;
const WAITS_MS = 60_000;

export function askQuestion(world: World, about: string): Question {
  const id = `00000000-0000-4000-8000-${String(world.questions.length + 1).padStart(12, '0')}`;
  const [asked_at, expires_at] = [ago(world, 0), ago(world, -WAITS_MS / 60_000)];
  const question: Question = { id, about, asked_at, expires_at, status: 'waiting' };
  world.questions.push(question);
  return question;
}

export function readQuestion(world: World, id: string): Question {
  const question =
    world.questions.find((each) => each.id === id) ??
    refuse('not_found', `There is no question ${id}: ask again.`);
  const { about, asked_at, expires_at } = question;
  const asked = { id, about, asked_at, expires_at };
  const age = world.now() - Date.parse(asked_at);
  if (world.runners.length === 0 || about.endsWith('?'))
    return { ...asked, status: age < WAITS_MS ? 'waiting' : 'expired' };
  if (age < THINKS_MS) return { ...asked, status: 'waiting' };
  const answer = /mara/i.test(about) ? found(world) : absent(world, about);
  return { ...asked, status: 'answered', answered_at: ago(world, 0), forgotten_at: ago(world, -10), answer };
}

function found(world: World): Explanation {
  const face = (source: string, page: string, minutesAgo: number, rule: string, distance: number | null) => ({
    source,
    page_url: page,
    image_url: `${page}/1.jpg`,
    at: ago(world, minutesAgo),
    rule,
    distance,
  });
  return {
    summary: 'Mara Linden is in the catalog with 2 records and 3 faces.',
    performers_total: 1,
    performers: [
      {
        name: 'Mara Linden',
        ids: ['stashdb.org:5a0c71d2-6c11-4c0e-9d7a-1f0b6f1f20e1', 'theporndb.net:118204'],
        links: [
          {
            to: 'theporndb.net:118204',
            source: 'ThePornDB',
            url: 'https://theporndb.net/performers/mara-lynden',
            rule: 'both give the same profile, and more agrees',
            at: ago(world, 21_000),
          },
        ],
        faces: [
          face(
            'StashDB',
            'https://stashdb.org/performers/5a0c71d2',
            21_600,
            'high trust: the filters let it pass',
            null,
          ),
          face(
            'ThePornDB',
            'https://theporndb.net/performers/mara-lynden',
            21_000,
            'high trust: the filters let it pass',
            null,
          ),
          face(
            'TheNude',
            'https://www.thenude.example/mara-linden',
            1_500,
            'medium trust: like the faces held',
            0.241,
          ),
        ],
      },
    ],
    attempts: [
      {
        source: 'FreeOnes',
        what: 'image 4 of 5',
        why_not: 'more than one face',
        url: 'https://www.freeones.example/mara-linden/photos',
        at: ago(world, 1_500),
      },
    ],
  };
}

function absent(world: World, about: string): Explanation {
  return {
    summary: `Nobody in the catalog has the id or the name “${about}”.`,
    performers: [],
    performers_total: 0,
    attempts: [
      {
        source: 'StashDB',
        what: 'performer 77ab90c1',
        why_not: 'deleted at StashDB on 2026-09-30, so it left the catalog',
        url: 'https://stashdb.org/performers/77ab90c1',
        at: ago(world, 74_000),
      },
      {
        source: 'TheNude',
        what: 'look-up by name',
        why_not: 'reference sites add faces to known performers only',
        url: null,
        at: ago(world, 1_500),
      },
    ],
  };
}
