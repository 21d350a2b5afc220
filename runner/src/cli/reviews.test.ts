// Runs in the project served-catalog too.
import type { Review } from '@trainer/contract/reviews';
import { describe, expect, it } from 'vitest';
import { runCommand, startServer } from '../../testing/cli/run-command.ts';
import { json, problem } from '../../testing/fake-control-plane/answers.ts';

const review: Review = {
  id: 7,
  key: 'a',
  kind: 'duplicate',
  summary: 'Ada and A. may be one performer',
  performers: [{ name: 'Ada', ids: ['stashdb.org:1'], pages: ['https://example.org/ada'] }],
  evidence: [{ label: 'Same address', value: 'both give it', url: 'https://example.org/ada' }],
  distance: 0.25,
  found_at: '2026-01-01T00:00:00.000Z',
  status: 'open',
  choices: ['same', 'different'],
  catalog_id: 'c',
  run_id: 3,
  closed_at: null,
  decision: null,
};
const decided: Review = {
  ...review,
  status: 'decided',
  decision: { decision: 'same', actor: 'owner', at: '2026-01-02T03:04:05.000Z', applied_run_id: 4 },
};

describe('runner reviews', () => {
  it('lists what is open with its evidence and what can be decided', async () => {
    const { server, env } = await startServer({ 'GET /api/reviews': [review] });
    await using _ = server;
    const { code, out } = await runCommand('reviews --kind duplicate --limit 1', env);
    expect(code).toBe(0);
    expect(out).toBe(`7  Ada and A. may be one performer
    two performers that may be one; found in run 3
    Ada  stashdb.org:1  https://example.org/ada
    Same address: both give it  https://example.org/ada
    distance of the faces: 0.250
    decide: same or different

More: --before 7
`);
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({
      status: 'open',
      kind: 'duplicate',
      limit: '1',
    });
  });

  it('decides and undoes, and passes on why not', async () => {
    const { server, env } = await startServer({
      'PUT /api/reviews/{id}/decision': decided,
      'DELETE /api/reviews/{id}/decision': review,
      'GET /api/reviews': [decided],
    });
    await using _ = server;
    expect((await runCommand('reviews decide 7 same', env)).out).toBe(
      'Review 7: same. The next run applies it.\n',
    );
    expect(server.requests[0]).toMatchObject({ params: { id: '7' }, body: { decision: 'same' } });
    expect((await runCommand('reviews undo 7', env)).out).toBe('Review 7 is open again.\n');
    expect((await runCommand('reviews list --status decided', env)).out).toContain(
      'same, said owner at 2026-01-02 03:04; applied in run 4',
    );
    server.override('PUT /api/reviews/{id}/decision', () => problem('review_closed', 'Review 7 is closed.'));
    expect(await runCommand('reviews decide 7 same', env)).toMatchObject({
      code: 5,
      err: 'Review 7 is closed.\n',
    });
    expect(await runCommand('reviews decide 7 perhaps', env)).toMatchObject({
      code: 2,
      err: expect.stringContaining('It has to be one of same, different, drop.'),
    });
  });
});

describe('runner explain', () => {
  const asked = {
    id: '018f3a2b-0000-7000-8000-00000000abcd',
    about: 'Ada Example',
    asked_at: '2026-01-01T00:00:00.000Z',
    expires_at: '2026-01-01T00:01:00.000Z',
  };
  const answer = {
    summary: 'Ada is in the catalog with 1 record and 1 face.',
    performers_total: 3,
    performers: [
      {
        name: 'Ada',
        ids: ['stashdb.org:1'],
        links: [],
        faces: [
          {
            source: 'StashDB',
            page_url: null,
            image_url: 'https://example.org/1.jpg',
            at: '2026-01-01T00:00:00.000Z',
            rule: 'high trust',
            distance: 0.2,
          },
        ],
      },
    ],
    attempts: [{ source: 'TheNude', what: 'image 2', why_not: 'no face', url: null, at: null }],
  };

  it('waits for the answer and shows each face with its reason, and what was in vain', async () => {
    const { server, env } = await startServer({ 'POST /api/questions': { ...asked, status: 'waiting' } });
    await using _ = server;
    let looks = 0;
    server.override('GET /api/questions/{id}', () => {
      looks += 1;
      const times = { answered_at: asked.asked_at, forgotten_at: asked.expires_at };
      return json(
        looks < 3 ? { ...asked, status: 'waiting' } : { ...asked, ...times, status: 'answered', answer },
      );
    });
    const { code, out } = await runCommand('explain Ada Example', env);
    expect(server.requests[0]?.body).toEqual({ about: 'Ada Example' });
    expect({ code, out }).toEqual({
      code: 0,
      out: `Ada is in the catalog with 1 record and 1 face.

Ada  stashdb.org:1
  a single record
  face from StashDB  high trust  0.200  2026-01-01  https://example.org/1.jpg

2 more with this name: ask with an id.

Tried without success:
  TheNude  image 2  no face
`,
    });
  });

  it('says that no runner answered', async () => {
    const { server, env } = await startServer({ 'POST /api/questions': { ...asked, status: 'expired' } });
    await using _ = server;
    expect(await runCommand('explain Ada', env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('No runner answered within a minute.'),
    });
  });
});
