import { emptyProgress } from '@trainer/contract/progress';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand, startServer } from '../../testing/cli/run-command.ts';

/** Erases the screen, sets the title, begins a line of its own, reorders what follows. */
const evil = 'Ann\u001b[2J\u001b]0;owned\u0007\u009b1A\r\nERROR forged\u202e';
const obeyed = /[^\P{Cc}\n]|\p{Bidi_Control}/u;

const at = '2026-01-02T03:04:05.000Z';
const pace = { per_minute: null, eta_s: null, is_guess: true };
const run = {
  id: 1,
  status: 'failed',
  reason: evil,
  requested_by: evil,
  actor: evil,
  created_at: at,
  started_at: at,
  finished_at: at,
  params: { sources: ['stashdb'], model_pack: 'starter' },
  config_revision: 0,
  performers_processed: 0,
  performers_total: null,
  faces_added: 0,
  errors: 0,
  pace,
  version: null,
  performers: null,
  faces: null,
};
const task = {
  id: '1.stashdb',
  kind: 'ingest',
  source: 'stashdb',
  status: 'failed',
  reason: evil,
  actor: evil,
  attempts: 1,
  runner: evil,
  started_at: at,
  finished_at: at,
  lease_expires_at: null,
  progress: emptyProgress(),
  pace,
};
const review = {
  key: 'k',
  kind: 'duplicate',
  summary: evil,
  performers: [{ name: evil, ids: [evil], pages: [] }],
  evidence: [{ label: evil, value: evil, url: null }],
  distance: 0.1,
  found_at: at,
  id: 1,
  status: 'open',
  choices: ['same'],
  catalog_id: 'c',
  run_id: 1,
  closed_at: null,
  decision: null,
};
const schedule = {
  id: 1,
  name: evil,
  cron: '0 3 * * *',
  time_zone: 'UTC',
  params: {},
  missed: 'skip',
  enabled: true,
  created_by: evil,
  created_at: at,
  next: [],
  last: { at, outcome: 'skipped', words: evil, run_id: null },
};
const exclusion = {
  id: 1,
  kind: 'name',
  value: { name: 'Ann\u001b[2J\u202e', birth_year: 1990 },
  note: evil,
  actor: evil,
  created_at: at,
  removed_at: null,
  removed_by: null,
  receipt: null,
};
const answer = {
  id: '018f0000-0000-7000-8000-000000000000',
  about: 'x',
  asked_at: at,
  expires_at: at,
  status: 'answered',
  answered_at: at,
  forgotten_at: at,
  answer: {
    performers: [
      {
        name: evil,
        ids: [evil],
        links: [{ to: evil, source: evil, url: null, rule: evil, at }],
        faces: [],
      },
    ],
    performers_total: 1,
    attempts: [{ source: evil, what: evil, why_not: evil, url: null, at }],
    summary: evil,
  },
};

const answers = {
  'GET /api/runs': [run],
  'GET /api/runs/{id}': { ...run, tasks: [task], diff: null },
  'GET /api/reviews': [review],
  'GET /api/schedules': [schedule],
  'GET /api/exclusions': [exclusion],
  'POST /api/questions': answer,
};

describe('what commands print', () => {
  it.each(['runs', 'runs 1', 'reviews', 'schedules', 'exclusions list', 'explain x'])(
    '%s shows control characters from outside and lets none begin a line',
    async (command) => {
      const { server, env } = await startServer(answers);
      onTestFinished(() => server.close());
      const said = await runCommand(command, env);
      expect(said.code, said.err).toBe(0);
      expect(said.out).toContain('Ann␛[2J');
      expect(said.out).not.toMatch(obeyed);
      expect(said.out).not.toMatch(/^ERROR forged/m);
      const json = await runCommand(`${command} --json`, env);
      expect(json.out).not.toMatch(obeyed);
      expect(JSON.stringify(JSON.parse(json.out))).toContain(JSON.stringify('Ann\u001b[2J').slice(1, -1));
    },
  );

  it('is the same for errors, whoever wrote them', async () => {
    const { code, err } = await runCommand('build --sources \u001b[2J\u202e');
    expect(code).not.toBe(0);
    expect(err).not.toMatch(obeyed);
    const unknown = await runCommand('\u001b[2J');
    expect(unknown.err).toContain('␛[2J');
    expect(unknown.err).not.toMatch(obeyed);
  });
});
