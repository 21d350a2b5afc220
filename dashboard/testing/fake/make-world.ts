import type { RunnerView } from '@trainer/contract/leases';
import type { VersionView } from '@trainer/contract/versions';
import { makeExclusions } from './make-exclusions.ts';
import { makeHooks } from './make-hooks.ts';
import { makeReviews } from './make-reviews.ts';
import { completedRun, makeRun, makeTask, progressAfter, runningRun } from './make-runs.ts';
import { makeSchedules } from './make-schedules.ts';
import { ago, availability, type Scenario, type World } from './world.ts';
import { writeLog } from './write-log.ts';

/** A control plane's memory in one of four moments. */
export function makeWorld(scenario: Scenario, now: () => number = Date.now): World {
  const world: World = {
    now,
    session: { name: 'owner', scope: 'admin', expires_at: null },
    code: 'one-time-code',
    runs: [],
    runners: [],
    warnings: [],
    versions: [],
    tokens: [],
    revisions: [],
    reviews: [],
    questions: [],
    exclusions: [],
    schedules: [],
    hooks: [],
    lines: [],
    logListeners: new Set(),
    offline: false,
    dropsResponses: false,
    started: new Map(),
  };
  makeTokens(world);
  if (scenario === 'empty') return world;
  makePast(world);
  if (scenario === 'running') world.runs.unshift(runningRun(world, 42));
  if (scenario === 'failed') world.runs.unshift(failedRun(world, 42));
  writeLog(world, world.runs[0]?.id ?? 1, 160);
  return world;
}

function makePast(world: World): void {
  world.runners = [makeRunner(world)];
  world.reviews = makeReviews(world);
  world.exclusions = makeExclusions(world);
  world.schedules = makeSchedules(world);
  world.hooks = makeHooks(world);
  world.revisions = [
    { created_at: ago(world, 9_000), actor: 'owner', document: {}, changed: ['user_agent'] },
    { created_at: ago(world, 7_000), actor: 'owner', document: {}, changed: ['sources.fansdb.enabled'] },
    {
      created_at: ago(world, 1_500),
      actor: 'mika (token ci)',
      document: {},
      changed: ['faces.min_face_px', 'sources.stashdb.rate_limit'],
    },
  ];
  const agent = { user_agent: 'stash-sense-trainer/0.1 (+mailto:owner@example.org)' };
  const sources = { fansdb: { enabled: true }, freeones: { enabled: true }, thenude: { enabled: true } };
  Object.assign(world.revisions[0]?.document ?? {}, agent);
  Object.assign(world.revisions[1]?.document ?? {}, { ...agent, sources });
  Object.assign(world.revisions[2]?.document ?? {}, {
    ...agent,
    faces: { min_face_px: 96 },
    sources: { ...sources, stashdb: { rate_limit: 180 } },
  });
  world.versions = [
    makeVersion(world, '2026.11.21', '2026.11.14', 41, 1_440),
    makeVersion(world, '2026.11.14', '2026.11.07.1', 40, 11_520),
    makeVersion(world, '2026.11.07.1', null, 38, 21_600),
  ];
  world.runs = [
    completedRun(world, 41, 1_520, '2026.11.21'),
    completedRun(world, 40, 11_600, '2026.11.14'),
    cancelledRun(world, 39),
    completedRun(world, 38, 21_700, '2026.11.07.1'),
  ];
}

function makeRunner(world: World): RunnerView {
  return {
    runner_id: 'tower-5f2c',
    name: 'tower',
    version: '0.1.0',
    catalog_id: 'catalog-9a41',
    device: 'CUDA: NVIDIA GeForce RTX 3060',
    packs: [
      {
        id: 'stash-sense',
        title: 'stash-sense (SCRFD-500M, FaceNet512, ArcFace)',
        ready: true,
        reason: null,
      },
      {
        id: 'buffalo_l',
        title: 'buffalo_l',
        ready: false,
        reason: 'det_10g.onnx is missing: run "runner models pull buffalo_l"',
      },
      { id: 'starter', title: 'starter (CPU, for trying out)', ready: true, reason: null },
    ],
    sources: availability,
    free_slots: 2,
    last_seen_at: ago(world, 0.05),
    online: true,
    leases: [],
  };
}

function makeVersion(
  world: World,
  version: string,
  parent: string | null,
  run: number,
  minutesAgo: number,
): VersionView {
  const artifact = (name: string, size: number) => ({ name, size, sha256: hashLike(`${version}/${name}`) });
  const filename = `stash-sense-data-v${version}.zip`;
  return {
    version,
    filename,
    size_mb: 812.4,
    created: ago(world, minutesAgo),
    run_id: run,
    format: 'stash-sense',
    model_pack: 'stash-sense',
    sources: ['stashdb', 'theporndb', 'fansdb', 'thenude'],
    parent,
    performers: 48_210 + run * 131,
    faces: 171_940 + run * 907,
    quality: {
      faces_per_performer: 3.92,
      single_face_share: 0.143,
      self_recognition: 0.9874,
      warnings: run === 41 ? ['freeones failed in this run; its faces are those of version 2026.11.14'] : [],
    },
    artifacts: [
      artifact(filename, 851_902_464),
      artifact('performers.db', 141_557_760),
      artifact('face_facenet.voy', 402_653_184),
      artifact('face_arcface.voy', 402_653_184),
      artifact('faces.json', 9_437_184),
      artifact('performers.json', 22_020_096),
      artifact('manifest.json', 2_211),
      artifact('quality.json', 18_420),
    ],
  };
}

/** 64 hexadecimal digits that stay the same for the same words. */
function hashLike(words: string): string {
  let state = 2_166_136_261;
  const stir = (code: number) => {
    state = Math.imul(state ^ code, 16_777_619) >>> 0;
    return state.toString(16).padStart(8, '0');
  };
  for (const character of words) stir(character.charCodeAt(0));
  return Array.from({ length: 8 }, (_, index) => stir(index)).join('');
}

function cancelledRun(world: World, id: number) {
  return makeRun(world, id, 14_000, {
    status: 'cancelled',
    reason: 'the disk of the server is nearly full',
    actor: 'owner',
    started_at: ago(world, 14_000),
    finished_at: ago(world, 13_990),
    tasks: [
      makeTask(id, 'ingest', 'stashdb', {
        status: 'skipped',
        reason: 'the run was stopped',
        actor: 'owner',
        progress: progressAfter(4_100, 31_100),
      }),
    ],
  });
}

function failedRun(world: World, id: number) {
  const times = {
    started_at: ago(world, 32),
    finished_at: ago(world, 30),
    attempts: 1,
    runner: 'tower',
    actor: 'tower',
  };
  const refused = (host: string, variable: string) =>
    `${host} refused the API key (401): check ${variable} on the runner`;
  return makeRun(world, id, 33, {
    status: 'failed',
    reason: 'no source succeeded, so there is nothing to publish',
    actor: 'control plane',
    started_at: ago(world, 32),
    finished_at: ago(world, 30),
    requested_by: 'token nightly',
    tasks: [
      makeTask(id, 'ingest', 'stashdb', {
        ...times,
        status: 'failed',
        reason: refused('stashdb.org', 'STASHDB_API_KEY'),
        progress: progressAfter(0, 0, 1),
      }),
      makeTask(id, 'ingest', 'theporndb', {
        ...times,
        status: 'failed',
        reason: refused('theporndb.net', 'THEPORNDB_API_KEY'),
        progress: progressAfter(0, 0, 1),
      }),
      makeTask(id, 'ingest', 'fansdb', {
        ...times,
        status: 'failed',
        reason: 'fansdb.cc did not answer within 30 s, six times',
        attempts: 6,
        progress: progressAfter(120, 6_012, 6),
      }),
      makeTask(id, 'publish', null, {
        status: 'skipped',
        reason: 'no source succeeded',
        actor: 'control plane',
      }),
    ],
  });
}

function makeTokens(world: World): void {
  const token = (id: number, name: string, scope: 'admin' | 'runner' | 'read' | 'trigger', more = {}) => ({
    id,
    name,
    scope,
    hint: `sst_${name.slice(0, 3)}4`,
    created_at: ago(world, 40_000),
    expires_at: null,
    last_used_at: ago(world, 1),
    revoked_at: null,
    ...more,
  });
  world.tokens = [
    token(1, 'owner', 'admin'),
    token(2, 'tower', 'runner'),
    token(3, 'nightly', 'trigger', { expires_at: ago(world, -90 * 1_440) }),
    token(4, 'grafana', 'read', { last_used_at: null }),
    token(5, 'old laptop', 'admin', { revoked_at: ago(world, 3_000) }),
  ];
}
