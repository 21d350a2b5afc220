import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, startServer } from '../../testing/cli/run-command.ts';
import { anExclusion, takenBack } from '../../testing/exclusions/an-exclusion.ts';
import { json, noContent, problem } from '../../testing/fake-control-plane/answers.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-exclusions-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const id = '018f3a2b-0000-7000-8000-00000000abcd';
const byId = anExclusion(4, { kind: 'stash_box_id', value: { endpoint: 'stashdb', id } });
const byName = anExclusion(3, { kind: 'name', value: { name: 'Ada', birth_year: 1990 } });
const receipt = {
  first_version: '2026.03.01',
  performers_removed: 1,
  faces_removed: 5,
  at: '2026-03-01T12:00:00.000Z',
};

async function start() {
  const { server, env } = await startServer();
  server.override('POST /api/exclusions', () => json(byId, 201));
  return { server, run: (args: string) => runCommand(args, { DATA_DIR: dir, ...env }) };
}

describe('runner exclusions', () => {
  it('lists those in force with their receipts, and all of them when asked', async () => {
    const { server, run } = await start();
    await using _ = server;
    expect((await run('exclusions')).out).toBe('Nobody is excluded.\n');
    server.exclusions.push({ ...byId, receipt }, takenBack(byName));
    const { out } = await run('exclusions list');
    expect(out).toBe(
      `4  stashdb:${id}  since 2026-01-01  not in 2026.03.01 and later (1 performers, 5 faces removed)\n`,
    );
    expect((await run('exclusions list --all')).out).toMatch(/3 {2}Ada, born 1990 +taken back 2026-02-01/);
    expect(JSON.parse((await run('exclusions --json')).out)).toEqual([{ ...byId, receipt }]);
  });

  it.each([
    [`--stash-box-id stashdb:${id}`, { kind: 'stash_box_id', value: { endpoint: 'stashdb', id }, note: '' }],
    ['--url https://x.org/a', { kind: 'url', value: { url: 'https://x.org/a' }, note: '' }],
    [
      '--name Ada --birth-year 1990 --note letter',
      { kind: 'name', value: { name: 'Ada', birth_year: 1990 }, note: 'letter' },
    ],
  ])('adds one by %s', async (args, body) => {
    const { server, run } = await start();
    await using _ = server;
    const { code, out } = await run(`exclusions add ${args}`);
    expect([code, server.breaches]).toEqual([0, []]);
    expect(out).toMatch(/^Exclusion 4 is in force: stashdb:.* The next version will be without this person/);
    expect(server.requestsTo('POST /api/exclusions')[0]?.body).toEqual(body);
  });

  it.each([
    ['add', /^Say whom in one way: /],
    [`add --url https://x.org --stash-box-id stashdb:${id}`, /^Say whom in one way: /],
    [`add --stash-box-id ${id}`, /value\.endpoint: expected the name of a stash-box, such as stashdb/],
    ['add --stash-box-id stashdb:', /value\.id: /],
    ['add --name Ada', /value\.birth_year: /],
    ['add --birth-year 1990', /value\.name: /],
    ['add --name Ada --birth-year soon', /a year of four digits/],
    ['add --url nowhere', /value\.url: expected an http or https address/],
    ['add --photo /nowhere/at/all.jpg', /^The photo \/nowhere\/at\/all\.jpg cannot be read: /],
    ['remove first', /a whole number/],
  ])('says what is wrong with "%s"', async (args, sentence) => {
    const { server, run } = await start();
    await using _ = server;
    const { code, err } = await run(`exclusions ${args}`);
    expect(err).toMatch(sentence);
    expect([code, server.requestsTo('POST /api/exclusions').length]).toEqual([2, 0]);
  });

  it('takes one back, and says so when there is none', async () => {
    const { server, run } = await start();
    await using _ = server;
    server.override('DELETE /api/exclusions/{id}', ({ params }) =>
      params.id === '4' ? noContent : problem('not_found', `There is no exclusion ${params.id}.`),
    );
    expect(await run('exclusions remove 4')).toMatchObject({ code: 0, out: 'Exclusion 4 is taken back.\n' });
    expect(await run('exclusions remove 5')).toMatchObject({ code: 5, err: 'There is no exclusion 5.\n' });
  });

  it('needs a model pack to read a photo, and says how to get one', async () => {
    const { server, run } = await start();
    await using _ = server;
    const { code, err } = await run(`exclusions add --photo ${import.meta.filename}`);
    expect([code, err]).toEqual([1, expect.stringMatching(/No model pack is in .*runner models pull <id>/)]);
  });
});
