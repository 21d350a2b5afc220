import { AsyncLocalStorage } from 'node:async_hooks';
import type { Bindings } from '../../src/edge/workers/bindings.ts';

export interface Costs {
  subrequests: number;
}

const current = new AsyncLocalStorage<Costs>();
const count = () => {
  const costs = current.getStore();
  if (costs) costs.subrequests += 1;
};

/** Does `work` and counts into `costs` whatever it asks of others, as Cloudflare counts it. */
export function countingInto<T>(costs: Costs, work: () => T): T {
  return current.run(costs, work);
}

/** The same answer, and what its body asks of others while it is read is counted too. */
export function countingBody(costs: Costs, response: Response): Response {
  const reader = response.body?.getReader();
  if (!reader) return response;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        countingInto(costs, async () => {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        }),
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}

/** The database client reads it for every call. */
const realFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  count();
  return realFetch(input, init);
};

/** The same bindings, with every call counted. */
export function countedBindings(bindings: Bindings): Bindings {
  return {
    ...bindings,
    ASSETS: counted(bindings.ASSETS),
    R2: counted(bindings.R2, ['resumeMultipartUpload']),
    HUB: counted(bindings.HUB, ['getByName']),
    DIGESTER: counted(bindings.DIGESTER, ['getByName']),
  };
}

/** Counts calls of `target`'s methods; those of `handles` ask nobody, and give something whose calls are counted. */
function counted<T extends object>(target: T, handles: readonly string[] = []): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (!handles.includes(String(name))) count();
        const answer: unknown = Reflect.apply(member, target, args);
        return handles.includes(String(name)) && answer instanceof Object ? counted(answer) : answer;
      };
    },
  });
}
