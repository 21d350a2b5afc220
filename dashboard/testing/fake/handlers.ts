import { configSchema } from '@trainer/contract/config';
import type { RequestOf, ResponseOf, RouteKey } from '@trainer/contract/routes';
import type { RunDetail } from '@trainer/contract/runs';
import { shippedSource, shippedSources } from '@trainer/contract/shipped-sources';
import { changedPaths, flatten } from '../../src/derive/flat-config.ts';
import { isActive, isFinal } from '../../src/derive/run-text.ts';
import { addExclusion, listExclusions, revoke } from './handle-exclusions.ts';
import { changeHook, listDeliveries, listHooks, makeHook, removeHook, testHook } from './handle-hooks.ts';
import { askQuestion, readQuestion } from './handle-questions.ts';
import { decideReview, listReviews, undoDecision } from './handle-reviews.ts';
import { addSchedule, changeSchedule, previewSchedule, removeSchedule } from './handle-schedules.ts';
import { makeRun, makeTask } from './make-runs.ts';
import { refuse } from './refusal.ts';
import type { World } from './world.ts';

type Handler<K extends RouteKey> = (world: World, request: RequestOf<K>) => ResponseOf<K>;
export type Handlers = { [K in RouteKey]?: Handler<K> };

/** The routes that a browser uses; requests arrive checked against the contract. */
export const handlers: Handlers = {
  'GET /api/session': (world) => world.session ?? refuse('unauthenticated', 'Sign in first.'),
  'POST /api/session': signIn,
  'DELETE /api/session': (world) => {
    world.session = null;
    return undefined;
  },
  'GET /api/runs': (world, { query }) => world.runs.slice(0, Number(query.limit ?? 20)),
  'GET /api/runs/{id}': (world, { params }) =>
    world.runs.find((run) => run.id === Number(params.id)) ??
    refuse('not_found', `There is no run ${params.id}.`),
  'POST /api/build/start': startRun,
  'POST /api/build/stop': (world, { body }) => {
    const wanted = body?.run_id;
    const run =
      world.runs.find((each) => (wanted ? each.id === wanted && !isFinal(each) : isActive(each))) ??
      refuse('nothing_running', 'No run is active, so there is nothing to stop.');
    const status = run.status === 'queued' ? 'cancelled' : 'stopping';
    Object.assign(run, { status, actor: world.session?.name, reason: body?.reason ?? null });
    return { status: 'stopping' };
  },
  'GET /api/schedules': (world) => world.schedules,
  'GET /api/schedules/preview': (world, { query }) =>
    previewSchedule(world, query.cron, query.time_zone ?? 'UTC'),
  'POST /api/schedules': (world, { body }) => addSchedule(world, body),
  'PUT /api/schedules/{id}': (world, { params, body }) => changeSchedule(world, Number(params.id), body),
  'DELETE /api/schedules/{id}': (world, { params }) => removeSchedule(world, Number(params.id)),
  'GET /api/runners': (world) => world.runners,
  'GET /readyz': (world) => ({ status: 'ready', checks: {}, warnings: world.warnings }),
  'GET /api/sources': listSources,
  'GET /api/config': (world) => configAt(world, world.revisions.length),
  'GET /api/config/revisions': (world) =>
    world.revisions.map(({ document: _, ...rest }, index) => ({ ...rest, revision: index + 1 })).reverse(),
  'GET /api/config/revisions/{revision}': (world, { params }) => configAt(world, Number(params.revision)),
  'PUT /api/config': (world, { body, headers }) => {
    const current = world.revisions.length;
    if (headers['if-match'] !== `"${current}"`) {
      refuse(
        'revision_changed',
        `The configuration is at revision ${current} now: load it and decide again.`,
      );
    }
    const before = flatten(configAt(world, current));
    const changed = changedPaths(before, flatten(configSchema.parse(body)));
    world.revisions.push({
      created_at: new Date(world.now()).toISOString(),
      actor: 'owner',
      document: body,
      changed,
    });
    return configAt(world, current + 1);
  },
  'GET /api/versions': (world) => world.versions,
  'DELETE /api/versions/{version}': (world, { params }) => {
    world.versions = world.versions.filter(({ version }) => version !== params.version);
    return undefined;
  },
  'GET /api/reviews': listReviews,
  'PUT /api/reviews/{id}/decision': (world, { params, body }) =>
    decideReview(world, Number(params.id), body.decision),
  'DELETE /api/reviews/{id}/decision': (world, { params }) => undoDecision(world, Number(params.id)),
  'POST /api/questions': (world, { body }) => askQuestion(world, body.about.trim()),
  'GET /api/questions/{id}': (world, { params }) => readQuestion(world, params.id),
  'GET /api/exclusions': listExclusions,
  'POST /api/exclusions': (world, { body }) => addExclusion(world, body),
  'DELETE /api/exclusions/{id}': (world, { params }) => revoke(world, Number(params.id)),
  'GET /api/hooks': listHooks,
  'POST /api/hooks': (world, { body }) => makeHook(world, body),
  'PUT /api/hooks/{id}': (world, { params, body }) => changeHook(world, Number(params.id), body),
  'DELETE /api/hooks/{id}': (world, { params }) => removeHook(world, Number(params.id)),
  'POST /api/hooks/{id}/test': (world, { params }) => testHook(world, Number(params.id)),
  'GET /api/hooks/{id}/deliveries': (world, { params }) => listDeliveries(world, Number(params.id)),
  'GET /api/tokens': (world) => world.tokens,
  'POST /api/tokens': (world, { body }) => {
    const id = world.tokens.length + 1;
    const created_at = new Date(world.now()).toISOString();
    const view = { id, hint: 'sst_9f3k', created_at, last_used_at: null, revoked_at: null };
    const token = { ...view, name: body.name, scope: body.scope, expires_at: body.expires_at ?? null };
    world.tokens.push(token);
    return { ...token, token: 'sst_9f3kQ2vX7mB4nT8wLz5rYc1dHs6gJp0a' };
  },
  'DELETE /api/tokens/{id}': (world, { params }) => {
    const token = world.tokens.find(({ id }) => id === Number(params.id));
    if (token) token.revoked_at = new Date(world.now()).toISOString();
    return undefined;
  },
};

function signIn(world: World, { body }: RequestOf<'POST /api/session'>) {
  const known = 'code' in body ? body.code === world.code : body.token.startsWith('sst_');
  if (!known)
    refuse(
      'unauthenticated',
      'This code was used already or never existed: make a new link, or paste a token.',
    );
  if ('code' in body) world.code = null;
  world.session = { name: 'owner', scope: 'admin', expires_at: null };
  return world.session;
}

function listSources(world: World) {
  const config = configAt(world, world.revisions.length);
  return shippedSources.map(({ id, title, kind, modes, address, domain, origin }) => {
    const seen = world.runners.find(({ online }) => online)?.sources.find((source) => source.id === id);
    const reason =
      world.runners.length === 0
        ? 'no runner is online'
        : (seen?.reason ?? 'this runner cannot serve it yet');
    const available = seen?.available ?? false;
    return {
      id,
      title,
      kind,
      modes,
      address,
      domain,
      origin,
      enabled: config.sources[id]?.enabled ?? false,
      available,
      reason: available ? null : reason,
      note: (available && seen?.note) || null,
      not_served_since: null,
      conflict: null,
    };
  });
}

function configAt(world: World, revision: number) {
  if (revision > world.revisions.length) refuse('not_found', `There is no revision ${revision}.`);
  return { ...configSchema.parse(world.revisions[revision - 1]?.document ?? {}), revision };
}

function startRun(
  world: World,
  { body }: RequestOf<'POST /api/build/start'>,
): ResponseOf<'POST /api/build/start'> {
  const same = world.started.get(body.request_id ?? '');
  if (same) return same;
  const active = world.runs.find(isActive);
  if (active && !body.queue)
    refuse('run_active', `Run ${active.id} is active: stop it, or send "queue": true.`);
  const id = (world.runs[0]?.id ?? 0) + 1;
  const { queue: _, request_id: requestId, ...params } = body;
  const sources = params.sources ?? ['stashdb' as const];
  const run: RunDetail = makeRun(world, id, 0, {
    tasks: [
      ...sources.map((source) =>
        makeTask(id, shippedSource(source)?.kind === 'reference-site' ? 'enrich' : 'ingest', source, {}),
      ),
      makeTask(id, 'publish', null, {}),
    ],
  });
  run.params = { ...run.params, ...params, sources, model_pack: params.model_pack ?? 'stash-sense' };
  world.runs.unshift(run);
  const answer = { status: active ? ('queued' as const) : ('started' as const), run_id: id };
  if (requestId !== undefined) world.started.set(requestId, answer);
  return answer;
}
