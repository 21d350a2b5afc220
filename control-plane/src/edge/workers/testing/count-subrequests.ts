import { AsyncLocalStorage } from 'node:async_hooks';
import type { Bindings } from '../bindings.ts';

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
