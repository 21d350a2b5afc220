import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '@trainer/contract/client';
import { finalRunStatuses } from '@trainer/contract/runs';
import { ensurePack } from '../../runner/src/models/ensure-pack.ts';
import { defaultModelsDir } from '../../runner/src/models/list-packs.ts';
import { startStashBox } from '../../runner/testing/stash-box/start-stash-box.ts';
import { demoCacheDir } from '../demo/cache-dir.ts';
import { makeWorld } from '../demo/make-world.ts';
import { startControlPlane, tokenIn } from '../programs/control-plane.ts';
import { startRunner } from '../programs/runner.ts';
import { until } from '../programs/until.ts';
import { firstOf } from '../trainer.ts';
import { pickExchanges } from './pick-exchanges.ts';
import { readRows } from './read-rows.ts';
import { type Exchange, startRecordingProxy } from './recording-proxy.ts';

/**
 * Records a protocol as the programs of this folder speak it: `node e2e/protocol/record.ts 2`. A control plane and a runner
 * build a version of two people, and what they say to each other, what people and programs ask, and what lies in the
 * databases afterwards is kept in `recorded/<number>/`. A recording is made once, when a protocol begins, and never again.
 */
const PEOPLE = 2;

const { positionals } = parseArgs({ allowPositionals: true });
const number = Number(positionals[0]);
if (!Number.isInteger(number) || number < 1) throw new Error('Say which protocol is recorded: 1');
const target = resolve(import.meta.dirname, 'recorded', String(number));
const dir = await mkdtemp(join(tmpdir(), 'recording-'));
try {
  const { exchanges, rows, replacements } = await record();
  await mkdir(target, { recursive: true });
  const files = Object.entries({ ...pickExchanges(exchanges), rows });
  for (const [name, content] of files) {
    const file = join(target, `${name}.json`);
    await writeFile(file, `${replaceAll(JSON.stringify(content, null, 1), replacements)}\n`);
  }
  console.log(`${files.length} files in ${target}`);
} finally {
  await rm(dir, { recursive: true, force: true });
}

async function record() {
  const modelsDir = defaultModelsDir();
  await ensurePack('starter', modelsDir);
  await using box = await startStashBox(firstOf(await makeWorld(demoCacheDir()), PEOPLE));
  const controlPlaneDir = join(dir, 'control-plane');
  const runnerDir = join(dir, 'runner');
  await using controlPlane = await startControlPlane({ dataDir: controlPlaneDir });
  await using proxy = await startRecordingProxy(controlPlane.url);
  const { exchanges } = proxy;
  const call = createClient({ baseUrl: proxy.url, token: await tokenIn(controlPlaneDir, 'admin-token') });
  const openRunner = () =>
    startRunner({
      dataDir: runnerDir,
      modelsDir,
      controlPlane: { url: proxy.url, dataDir: controlPlaneDir },
      stashBox: box,
      env: { RUNNER_NAME: 'runner' },
    });

  const config = {
    sources: { stashdb: { rate_limit: 6_000, concurrency: 8, max_faces: 6 } },
    faces: { model_pack: 'starter' },
  };
  await call('PUT /api/config', { headers: { 'if-match': '"0"' }, body: config });
  await call('GET /api/config');
  const yaml = await (await call('GET /api/config.yaml')).text();
  await call('PUT /api/config.yaml', { headers: { 'if-match': '"1"' }, body: yaml });
  const name = 'every night';
  await call('POST /api/schedules', { body: { name, cron: '0 3 * * *', params: {}, enabled: false } });
  await call('POST /api/exclusions', {
    body: { kind: 'name', value: { name: 'Nobody', birth_year: 1900 } },
  });
  await call('POST /api/hooks', {
    body: { kind: 'webhook', name: 'home', address: 'http://127.0.0.1:9/hook', enabled: false },
  });

  // Handed back in the middle, taken up again, and finished.
  let letGo = box.hold({ path: '/images/', after: 2 });
  const first = openRunner();
  const { run_id: id } = await call('POST /api/build/start', { body: { sources: ['stashdb'] } });
  await until('pictures are asked for', () => box.requests.count('/images/') > 2);
  await until('progress was reported', () => exchanges.some(isBeatWithProgress));
  await call('GET /api/status');
  await first.stop();
  letGo();
  await using _runner = openRunner();
  const isOver = (run: number) => async () => {
    const { status } = await call('GET /api/runs/{id}', { params: { id: run } });
    return finalRunStatuses.some((final) => final === status);
  };
  await until('the run ends', isOver(id));

  // Stopped by a person.
  const asked = box.requests.count('/images/');
  letGo = box.hold({ path: '', after: 0 });
  const { run_id: stopped } = await call('POST /api/build/start', {
    body: { sources: ['stashdb'], full: true },
  });
  await until('a task is leased', async () => (await call('GET /api/status')).current_source === 'stashdb');
  await call('POST /api/build/stop', { body: { reason: 'for the record' } });
  await until('the runner learns of it', () => exchanges.some(({ answer }) => wants(answer, 'stop')));
  letGo();
  await until('the run ends', isOver(stopped));
  if (box.requests.count('/images/') > asked) throw new Error('The stopped run has fetched pictures');

  const question = await call('POST /api/questions', { body: { about: 'Nobody' } });
  const params = { id: question.id };
  const answered = async () => (await call('GET /api/questions/{id}', { params })).status === 'answered';
  await until('the question is answered', answered);
  await call('GET /api/runs', { query: {} });
  await call('GET /api/versions');
  await call('GET /api/sources');
  await call('GET /api/runners');
  await call('GET /api/reviews', { query: {} });
  const log = await call('GET /api/logs', { query: { tail: 5 }, headers: {} });
  await log.body?.cancel();
  await until('nothing is to be done', () => exchanges.some(isEmptyPoll));
  return {
    exchanges,
    rows: readRows(controlPlaneDir, runnerDir),
    replacements: {
      [dir]: '/data',
      [new URL(proxy.url).host]: '127.0.0.1:8080',
      [new URL(box.url).host]: '127.0.0.1:9000',
    },
  };
}

function wants(answer: unknown, want: string): boolean {
  return typeof answer === 'object' && answer !== null && 'want' in answer && answer.want === want;
}

function isBeatWithProgress({ route, body }: Exchange): boolean {
  return (
    route === 'POST /api/leases/{task}/heartbeat' && JSON.stringify(body).includes('"performers_total":2')
  );
}

function isEmptyPoll({ route, answer }: Exchange): boolean {
  return route === 'POST /api/leases' && JSON.stringify(answer).includes('"lease":null');
}

/** Nothing of the machine that made the recording stays in it. */
function replaceAll(text: string, replacements: Record<string, string>): string {
  return Object.entries(replacements).reduce((said, [from, to]) => said.replaceAll(from, to), text);
}
