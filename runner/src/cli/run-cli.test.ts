import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyProgress } from '@trainer/contract/progress';
import type { RunDetail } from '@trainer/contract/runs';
import type { VersionView } from '@trainer/contract/versions';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clusterVector, sampleFace, sampleImage, sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { runCommand, startServer } from '../../testing/cli/run-command.ts';
import { hangUp, htmlPage, json, problem } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { openRunnersCatalog } from './open-catalog.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** With a folder of its own, so that no token is found there by chance. */
const run = (args: string, env: Record<string, string> = {}) => runCommand(args, { DATA_DIR: dir, ...env });

const pace = { per_minute: 60, eta_s: 90, is_guess: false };
const aRun: RunDetail = {
  id: 3,
  status: 'completed',
  reason: null,
  requested_by: 'tests',
  actor: 'runner',
  created_at: '2026-01-02T03:04:05.000Z',
  started_at: '2026-01-02T03:04:05.000Z',
  finished_at: '2026-01-02T03:09:08.000Z',
  params: fakeLease('3.stashdb').params,
  config_revision: 1,
  performers_processed: 12,
  performers_total: 40,
  faces_added: 31,
  errors: 0,
  pace,
  version: '2026.01.02',
  performers: 12,
  faces: 31,
  tasks: [
    {
      id: '3.stashdb',
      kind: 'ingest',
      source: 'stashdb',
      status: 'leased',
      reason: null,
      actor: null,
      attempts: 1,
      runner: 'test',
      started_at: null,
      finished_at: null,
      lease_expires_at: null,
      progress: { ...emptyProgress(), performers_processed: 12, performers_total: 40, faces_added: 31 },
      pace,
    },
  ],
  diff: { against: 2, performers_delta: 3, faces_delta: -1 },
};

describe('the command line', () => {
  it('explains itself: commands, environment and exit codes', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const word of [
      'start',
      'build',
      'status',
      'stop',
      'runs',
      'logs',
      'versions',
      'exclusions',
      'models',
      'catalog',
      'health',
    ]) {
      expect(out).toMatch(new RegExp(`^ {2}${word}\\b.* {2}\\S`, 'm'));
    }
    expect(out).toContain('CONTROL_PLANE_TOKEN');
    expect(out).toMatch(/3 {2}the control plane does not answer/);
  });

  it.each([
    ['nonsense', /unknown command 'nonsense'/],
    ['runs first', /whole number/],
    ['build --max-faces-per-source many', /max_faces_per_source: .*number/],
    ['build --sources stashdb,Mars', /sources\.1: /],
    ['logs --level loud', /level: /],
    ['catalog stats', /There is no catalog in .*: set DATA_DIR/],
    ['catalog check', /There is no catalog in .*: set DATA_DIR/],
    ['versions inspect nowhere', /nowhere is neither a version number .* nor a file/],
    ['models pull nobody', /There is no model pack "nobody"/],
  ])('says what is wrong with "%s" and exits with 2', async (args, sentence) => {
    const { code, err, out } = await run(args, { CONTROL_PLANE_TOKEN: 'a-token' });
    expect(err).toMatch(sentence);
    expect([code, out]).toEqual([2, '']);
  });

  it('names the settings that are wrong', async () => {
    const { code, err } = await run('runs', { CONTROL_PLANE_URL: 'here' });
    expect([code, err]).toEqual([
      2,
      'These settings are wrong:\n  CONTROL_PLANE_URL: expected an http or https address (it is "here")\n',
    ]);
  });

  it('exits with 3 when nobody answers, 4 without a good token, 5 when it is refused', async () => {
    const { server, env } = await startServer();
    expect(await run('runs', { CONTROL_PLANE_URL: env.CONTROL_PLANE_URL })).toMatchObject({
      code: 4,
      out: '',
    });
    const wrong = await run('runs', { ...env, CONTROL_PLANE_TOKEN: 'wrong-token' });
    expect(wrong).toMatchObject({
      code: 4,
      err: 'This token is not known. Set CONTROL_PLANE_TOKEN to a valid token.\n',
    });
    server.override('POST /api/build/start', () => problem('run_active', 'Run 3 is active: stop it first.'));
    expect(await run('build', env)).toMatchObject({ code: 5, err: 'Run 3 is active: stop it first.\n' });
    await server.close();
    const gone = await run('runs', env);
    expect(gone.code).toBe(3);
    expect(gone.err).toMatch(
      /no answer from .*\. Is the control plane running\? CONTROL_PLANE_URL says where\./,
    );
  });

  it('finds the token that a control plane on the same machine has left', async () => {
    const { server, env } = await startServer({ 'GET /api/runs': [aRun] });
    await using _ = server;
    writeFileSync(join(dir, 'admin-token'), `${server.token}\n`);
    server.override('GET /api/runs', ({ headers }) =>
      headers.authorization === `Bearer ${server.token}` ? json([aRun]) : undefined,
    );
    expect((await run('runs', { CONTROL_PLANE_URL: env.CONTROL_PLANE_URL })).code).toBe(0);
  });
});

describe('the commands', () => {
  it('start a run with what was asked for', async () => {
    const { server, env } = await startServer({ 'POST /api/build/start': { status: 'started', run_id: 3 } });
    await using _ = server;
    const options = '--sources stashdb,folder --full --no-faces --max-faces-per-source 2 --queue';
    expect(await run(`build ${options}`, env)).toEqual({ code: 0, out: 'Run 3 is started.\n', err: '' });
    expect(server.requests[0]?.body).toMatchObject({
      sources: ['stashdb', 'folder'],
      full: true,
      enable_faces: false,
      max_faces_per_source: 2,
      queue: true,
    });
  });

  it('start one run although the answer was lost', async () => {
    const { server, env } = await startServer();
    await using _ = server;
    const answers = [hangUp, htmlPage(502), json({ status: 'started', run_id: 3 })];
    server.override('POST /api/build/start', () => answers.shift());
    expect((await run('build', env)).out).toBe('Run 3 is started.\n');
    const ids = server
      .requestsTo('POST /api/build/start')
      .map(({ body }) => z.object({ request_id: z.uuid() }).parse(body).request_id);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it('wait for a run, in plain lines where nobody watches, and fail with it', async () => {
    const { server, env } = await startServer({ 'POST /api/build/start': { status: 'started', run_id: 3 } });
    await using _ = server;
    const states: RunDetail[] = [
      { ...aRun, status: 'running' },
      { ...aRun, status: 'failed', reason: 'no source worked' },
    ];
    server.override('GET /api/runs/{id}', () => json(states.shift()));
    const { code, err, out } = await run('build --wait', env);
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      'Run 3 is running (stashdb): 12 of 40 performers, 31 faces added, about 1 min 30 s left',
      expect.stringContaining('Run 3 is failed'),
      'Run 3 is failed: no source worked',
      '',
    ]);
    expect(out).toContain('asked for by tests');
  });

  it('show status and runs to people', async () => {
    const status = {
      running: true,
      run_id: 3,
      run_status: 'running',
      current_source: 'stashdb',
      performers_processed: 12,
      performers_total: null,
      faces_added: 31,
      errors: 1,
      by_source: {
        stashdb: {
          status: 'leased',
          performers_processed: 12,
          performers_total: 40,
          faces_added: 31,
          errors: 1,
        },
      },
    };
    const { server, env } = await startServer({
      'GET /api/status': status,
      'GET /api/runs': [aRun],
      'GET /api/runs/{id}': aRun,
    });
    await using _ = server;
    expect((await run('status', env)).out).toBe(
      'Run 3 is running: 12 performers, 31 faces added, 1 errors\nstashdb  leased  12 of 40 performers  31 faces  1 errors\n',
    );
    expect((await run('runs', env)).out).toMatch(
      /^3 {2}completed {2}2026-01-02 03:04 {2}5 min 3 s .*2026\.01\.02\n$/,
    );
    expect((await run('runs 3', env)).out).toContain('Against run 2: +3 performers, -1 faces');
  });

  it('give scripts JSON and nothing else', async () => {
    const { server, env } = await startServer({ 'GET /api/runs': [aRun], 'GET /api/versions': [] });
    await using _ = server;
    const { out, err } = await run('runs --json', env);
    expect(JSON.parse(out)).toEqual([aRun]);
    expect(err).toBe('');
    expect(JSON.parse((await run('versions --json', env)).out)).toEqual([]);
    expect(JSON.parse((await run('models list --json', env)).out)).toContainEqual(
      expect.objectContaining({ id: 'starter', present: false }),
    );
    expect(JSON.parse((await run('health --json', env)).out)).toMatchObject({ healthy: false });
  });

  it('show what the catalog holds, while a runner may be at work in it', async () => {
    const catalog = await openRunnersCatalog(readRunnerSettings({ DATA_DIR: dir }), () => {});
    const { code, out } = await run('catalog stats');
    catalog.close();
    expect([code, out]).toEqual([0, '0 performers, of them 0 with faces\n']);
  });

  it('check whether every face of the catalog belongs to a performer that a source still has', async () => {
    const catalog = await openRunnersCatalog(readRunnerSettings({ DATA_DIR: dir }), () => {});
    const owned = catalog.forOwner();
    const images = [sampleImage('https://a/1', [sampleFace(clusterVector(1, 1))])];
    const performer = await commitPerformer(owned, { performer: sampleRecord(), images });
    expect(await run('catalog check')).toMatchObject({
      code: 0,
      out: 'Every accepted face belongs to a performer with a live record\n',
    });
    await catalog.client.execute('UPDATE performer_records SET deleted = 1');
    const { code, out, err } = await run('catalog check');
    expect([code, out]).toEqual([
      1,
      `Without a live record:\n  performer ${performer}  1 faces  stashdb:${uuid(1)}\n`,
    ]);
    expect(err).toMatch(/The next run repairs that before it publishes/);
    catalog.close();
  });

  it('fetch a version and check its hash', async () => {
    const version: VersionView = {
      version: '2026.01.02',
      filename: 'stash-sense-2026.01.02.zip',
      size_mb: 0,
      created: '2026-01-02T03:04:05.000Z',
      run_id: 3,
      format: 'stash-sense',
      model_pack: 'starter',
      sources: ['stashdb'],
      parent: null,
      performers: 1,
      faces: 1,
      quality: { faces_per_performer: 1, single_face_share: 1, self_recognition: null, warnings: [] },
      artifacts: [
        {
          name: 'stash-sense-2026.01.02.zip',
          size: 3,
          // sha256 of "abc", FIPS 180-2 appendix B.1.
          sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
        },
      ],
    };
    const { server, env } = await startServer({ 'GET /api/versions': [version] });
    await using _ = server;
    let body = 'abd';
    server.override('GET /api/versions/{version}/artifacts/{name}', () => ({
      status: 200,
      // Also a manifest is fetched as a file.
      headers: {
        'content-type': 'application/json',
        'content-disposition': 'attachment; filename="stash-sense-2026.01.02.zip"',
      },
      body,
    }));
    const damaged = await run(`versions download --to ${dir}`, env);
    expect(damaged.code).toBe(1);
    expect(damaged.err).toMatch(/has the hash \w+ instead of ba7816bf/);
    body = 'abc';
    const fine = await run(`versions download --to ${dir}`, env);
    expect(fine).toMatchObject({ code: 0, out: `${join(dir, 'stash-sense-2026.01.02.zip')}\n` });
  });
});
