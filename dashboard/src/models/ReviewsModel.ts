import { computed, createModel, signal } from '@preact/signals';
import type { Decision, Review, ReviewKind, ReviewStatus } from '@trainer/contract/reviews';
import type { Browser } from '../api/browser.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote, IDLE_MS } from './remote.ts';

/** The page size: the number of reviews shown first, and added by each "more". */
const PAGE = 50;

export interface ReviewFilter {
  status: ReviewStatus;
  /** Null for every kind. */
  kind: ReviewKind | null;
}

/**
 * Reviews of one status and kind, newest first. A decided or undone review keeps its place until the filter changes, so
 * that the list does not shift and the decision can be undone in place.
 */
export const ReviewsModel = createModel(
  (connection: ConnectionModel, browser: Browser, { status, kind }: ReviewFilter) => {
    const pages = signal(1);
    const settled = signal<ReadonlyMap<number, Review>>(new Map());
    const busy = signal<ReadonlySet<number>>(new Set());
    const failures = signal<ReadonlyMap<number, unknown>>(new Map());
    const remote = createRemote({ browser, everyMs: () => IDLE_MS, load });

    async function load(): Promise<Review[]> {
      const all: Review[] = [];
      for (let page = 0; page < pages.peek(); page += 1) {
        const before = all.at(-1)?.id;
        const query = { status, limit: PAGE, ...(kind && { kind }), ...(before && { before }) };
        const more = await connection.call('GET /api/reviews', { query });
        all.push(...more);
        if (more.length < PAGE) break;
      }
      return all;
    }
    async function settle(id: number, act: () => Promise<Review>): Promise<boolean> {
      // A held key sends one request.
      if (busy.peek().has(id)) return false;
      busy.value = new Set([...busy.peek(), id]);
      failures.value = without(failures.peek(), id);
      try {
        settled.value = new Map([...settled.peek(), [id, await act()]]);
        return true;
      } catch (error) {
        failures.value = new Map([...failures.peek(), [id, error]]);
        return false;
      } finally {
        busy.value = new Set([...busy.peek()].filter((each) => each !== id));
      }
    }
    return {
      error: remote.error,
      busy,
      failures,
      reviews: computed(() => remote.data.value && merge(remote.data.value, settled.value)),
      hasMore: computed(() => (remote.data.value?.length ?? 0) >= pages.value * PAGE),
      decide(id: number, decision: Decision) {
        const request = { params: { id }, body: { decision } };
        return settle(id, () => connection.call('PUT /api/reviews/{id}/decision', request));
      },
      undo(id: number) {
        return settle(id, () => connection.call('DELETE /api/reviews/{id}/decision', { params: { id } }));
      },
      showMore() {
        pages.value += 1;
        return remote.reload();
      },
    };
  },
);
export type ReviewsModel = InstanceType<typeof ReviewsModel>;

function merge(all: readonly Review[], settled: ReadonlyMap<number, Review>): Review[] {
  const rest = all.filter(({ id }) => !settled.has(id));
  return [...rest, ...settled.values()].sort((a, b) => b.id - a.id);
}

function without<T>(map: ReadonlyMap<number, T>, id: number): ReadonlyMap<number, T> {
  return new Map([...map].filter(([each]) => each !== id));
}
