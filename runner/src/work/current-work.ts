import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lease } from '@trainer/contract/leases';

/** What a crash note says about a task that was under way. */
export interface Work {
  task_id: string;
  run_id: number;
  kind: Lease['kind'];
  source: Lease['source'];
  /** Addresses that were being fetched, or the last one that was; without their queries. */
  urls: string[];
}

interface UnderWay {
  about: Omit<Work, 'urls'>;
  fetching: Set<{ url: string }>;
  lastUrl: string | null;
}

/** A crash note names this many addresses of a task. */
const urlsPerTask = 10;

const underWay = new Set<UnderWay>();
const listeners = new Set<(tasks: readonly Work[]) => void>();
const context = new AsyncLocalStorage<UnderWay>();

/** Does a task's work; until it has ended, a crash note names the task. */
export async function whileWorking<T>(
  { task_id, run_id, kind, source }: Omit<Work, 'urls'>,
  work: () => Promise<T>,
): Promise<T> {
  const mine: UnderWay = {
    about: { task_id, run_id, kind, source },
    fetching: new Set(),
    lastUrl: null,
  };
  underWay.add(mine);
  tellListeners();
  try {
    return await context.run(mine, work);
  } finally {
    underWay.delete(mine);
    tellListeners();
  }
}

/**
 * Calls `listener` with all tasks under way whenever one begins or ends. It must not throw.
 *
 * @returns what ends that
 */
export function onWorkChange(listener: (tasks: readonly Work[]) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function tellListeners(): void {
  const tasks = [...underWay].map(describe);
  for (const listener of listeners) listener(tasks);
}

/**
 * Fetches something for the task in whose work it is called; meanwhile, and until the next one, a crash note names the address.
 *
 * @param url without a query, which may hold a secret
 */
export async function whileFetching<T>(url: string, fetch: () => Promise<T>): Promise<T> {
  const mine = context.getStore();
  if (!mine) return fetch();
  const entry = { url };
  mine.fetching.add(entry);
  mine.lastUrl = url;
  try {
    return await fetch();
  } finally {
    mine.fetching.delete(entry);
  }
}

/** The tasks under way: only the one whose code is running where that is known, else all of them. */
export function currentWork(): Work[] {
  const mine = context.getStore();
  return (mine && underWay.has(mine) ? [mine] : [...underWay]).map(describe);
}

/** For messages: "task 3.stashdb of run 3, source stashdb, fetching https://stashdb.org/graphql". */
export function describeWork(tasks: readonly Work[]): string {
  if (tasks.length === 0) return 'no task was running';
  return tasks
    .map(({ task_id, run_id, source, urls }) =>
      [
        `task ${task_id} of run ${run_id}`,
        ...(source ? [`source ${source}`] : []),
        ...(urls.length > 0 ? [`fetching ${urls.join(' and ')}`] : []),
      ].join(', '),
    )
    .join('; ');
}

function describe({ about, fetching, lastUrl }: UnderWay): Work {
  const urls = [...fetching].map(({ url }) => url);
  if (urls.length === 0 && lastUrl !== null) urls.push(lastUrl);
  return { ...about, urls: urls.slice(0, urlsPerTask) };
}
