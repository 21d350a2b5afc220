import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { Exclusion } from '@trainer/contract/exclusions';
import type { Lease } from '@trainer/contract/leases';
import type { Explanation, OpenQuestion } from '@trainer/contract/questions';
import type { Review } from '@trainer/contract/reviews';
import { type RouteKey, routeOf, routes } from '@trainer/contract/routes';
import { type FakeAnswer, hangUp, json, noContent, problem, silence } from './answers.ts';
import { breachOf, type FakeRequest, fenceOf, receive } from './receive.ts';
import { createFakeTask, type FakeTask, underLease } from './task.ts';

type Reply = FakeAnswer | typeof hangUp | typeof silence;

/** Answers instead of the usual handler; with `undefined` that one answers. */
export type Override = (request: FakeRequest) => Reply | undefined | Promise<Reply | undefined>;

export type FakeControlPlane = Awaited<ReturnType<typeof startFakeControlPlane>>;

/**
 * The other side of the runner's calls, on a real socket with nothing behind it: enough of the control plane that a
 * runner cannot tell the difference, and knobs for everything that can go wrong. Requests are held to the contract's
 * schemas; one that breaks them is answered with 400 and kept in `breaches`.
 *
 * @param partBytes size of an artifact's parts, so that small artifacts have several
 */
export async function startFakeControlPlane({
  token = 'runner-token-of-tests',
  partBytes = 1_000,
  port = 0,
} = {}) {
  const tasks = new Map<string, FakeTask>();
  const requests: FakeRequest[] = [];
  const breaches: string[] = [];
  const exclusions: Exclusion[] = [];
  const reviews: Review[] = [];
  const questions: OpenQuestion[] = [];
  const answers = new Map<string, Explanation>();
  const overrides = new Map<RouteKey, Override>();
  const waiters = new Set<() => void>();

  function offer(lease: Lease): FakeTask {
    const task = createFakeTask(lease, partBytes);
    tasks.set(lease.task_id, task);
    for (const wake of waiters) wake();
    return task;
  }

  /** Hands a question out with the next answer to a request for work. */
  function ask(question: OpenQuestion): void {
    questions.push(question);
    for (const wake of waiters) wake();
  }

  /** The lease went to somebody else: whatever the runner says with the old number is refused. */
  function takeAway(taskId: string): void {
    const task = taskOf(taskId);
    task.lease = { ...task.lease, fence: task.lease.fence + 1, attempt: task.lease.attempt + 1 };
  }

  function taskOf(taskId: string | undefined): FakeTask {
    const task = tasks.get(taskId ?? '');
    if (!task) throw new Error(`The fake control plane has no task ${taskId}`);
    return task;
  }

  async function waitForWork(waitMs: number, freeSlots: number): Promise<FakeTask | undefined> {
    const find = () =>
      freeSlots > 0 ? [...tasks.values()].find(({ state }) => state === 'ready') : undefined;
    if (!find() && questions.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.add(resolve);
      const timer = setTimeout(resolve, waitMs);
      await promise;
      clearTimeout(timer);
      waiters.delete(resolve);
    }
    return find();
  }

  async function grant({ body }: FakeRequest): Promise<FakeAnswer> {
    const { wait_ms, free_slots } = routes['POST /api/leases'].body.parse(body);
    const task = await waitForWork(wait_ms, free_slots);
    if (task) task.state = 'leased';
    return json({ lease: task?.lease ?? null, question: questions.shift() ?? null });
  }

  function takeAnswer({ params, body }: FakeRequest): FakeAnswer {
    answers.set(params.id ?? '', routes['PUT /api/questions/{id}/answer'].body.parse(body));
    return noContent;
  }

  async function handle(request: FakeRequest): Promise<Reply> {
    const instead = await overrides.get(request.key)?.(request);
    if (instead) return instead;
    if (request.headers.authorization !== `Bearer ${token}` && routeOf(request.key).scope !== 'public') {
      return problem('unauthenticated', 'This token is not known.');
    }
    const breach = breachOf(request);
    if (breach) {
      breaches.push(breach);
      return problem('invalid_request', breach);
    }
    if (request.key === 'POST /api/leases') return grant(request);
    if (request.key === 'PUT /api/questions/{id}/answer') return takeAnswer(request);
    if (request.key === 'GET /api/exclusions') return json(exclusions);
    if (request.key === 'GET /api/reviews') return json(reviews);
    const handler = underLease[request.key];
    const task = tasks.get(request.params.task ?? '');
    if (!handler || !task) return problem('not_found', `Nothing answers ${request.key} here.`);
    if (fenceOf(request) !== task.lease.fence) return problem('lease_lost', 'The task has been leased anew.');
    return handler(task, request);
  }

  let isAway = false;
  const server = createServer((incoming, response) => {
    if (isAway) return incoming.socket.destroy();
    receive(incoming)
      .then(async (request) => {
        if (!request) return send(response, problem('not_found', `${incoming.method} ${incoming.url}`));
        requests.push(request);
        const answer = await handle(request);
        if (answer === hangUp) incoming.socket.destroy();
        else if (answer !== silence) send(response, answer);
      })
      .catch((error) => response.destroy(error));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const boundPort = typeof address === 'object' && address ? address.port : 0;

  async function close(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    for (const wake of waiters) wake();
    await closed;
  }

  return {
    url: `http://127.0.0.1:${boundPort}`,
    port: boundPort,
    token,
    requests,
    breaches,
    /** What it answers when it is asked for exclusions. */
    exclusions,
    /** What it answers when it is asked for decided reviews. */
    reviews,
    /** What was answered, by the question's id. */
    answers,
    offer,
    ask,
    takeAway,
    task: taskOf,
    /** Every request so far to one route. */
    requestsTo: (key: RouteKey) => requests.filter((request) => request.key === key),
    override: (key: RouteKey, answer: Override) => void overrides.set(key, answer),
    restore: (key: RouteKey) => void overrides.delete(key),
    /** The next `times` requests to the route are answered so. */
    failNext(key: RouteKey, answer: Reply, times = 1) {
      let left = times;
      overrides.set(key, () => (left-- > 0 ? answer : undefined));
    },
    /** The request takes effect, but its answer never arrives. */
    loseNextAnswer(key: RouteKey) {
      overrides.set(key, async (request): Promise<Reply> => {
        overrides.delete(key);
        await handle(request);
        return hangUp;
      });
    },
    /** For so long nobody is there, as in a restart: connections are cut, and requests arrive nowhere. */
    async goAway(ms: number) {
      isAway = true;
      server.closeAllConnections();
      await elapsed(ms);
      isAway = false;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function send(response: ServerResponse, { status, headers = {}, body, breaksAfter }: FakeAnswer): void {
  if (body === undefined || breaksAfter === undefined) {
    response.writeHead(status, headers).end(body);
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, breaksAfter), () => response.destroy());
}
