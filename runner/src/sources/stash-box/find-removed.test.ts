import { describe, expect, it } from 'vitest';
import { createSourceMemory } from '../../../testing/source-memory.ts';
import { createSeenIds } from '../base/find-missing.ts';
import type { SourceEvent } from '../base/source.ts';
import type { PerformerState } from './client.ts';
import { checkKnown, findRemoved, IDS_PER_RUN } from './find-removed.ts';

const idOf = (number: number) => String(number).padStart(8, '0');
const live: PerformerState = { deleted: false };

/** A box with these states, and a catalog that knows as many performers. */
function boxOf(states: Record<string, PerformerState>, known: number) {
  const catalog = createSourceMemory();
  for (let number = 0; number < known; number++) catalog.held.add(idOf(number));
  const questions: string[][] = [];
  const client = {
    findStates: async (ids: string[]) => {
      questions.push(ids);
      return ids.map((id) => (id in states ? (states[id] ?? null) : live));
    },
  };
  const signal = new AbortController().signal;
  const request = { source: 'stashdb' as const, memory: catalog.memory, signal, sweeps: [] };
  return { catalog, client, questions, request };
}

/** The events, and what the generator returned. */
async function drain<R>(
  events: AsyncGenerator<SourceEvent, R>,
): Promise<{ reported: SourceEvent[]; result: R }> {
  const reported: SourceEvent[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done) return { reported, result: next.value };
    reported.push(next.value);
  }
}

/** A full scan that met everybody but these. */
async function scanWithout(box: ReturnType<typeof boxOf>, missing: number[]): Promise<SourceEvent[]> {
  const seen = createSeenIds(0);
  for (const id of box.catalog.held) if (!missing.includes(Number(id))) box.catalog.seen.add(`scan ${id}`);
  return (await drain(findRemoved(box.client, box.request, 'scan', seen, new Set()))).reported;
}

describe('after a full scan', () => {
  it('those who were not met are asked for, and told as the box has them', async () => {
    const box = boxOf(
      {
        [idOf(1)]: null,
        [idOf(2)]: { deleted: true },
        [idOf(3)]: { deleted: true, merged_into_id: idOf(50) },
        [idOf(50)]: { deleted: true, merged_into_id: idOf(51) },
        [idOf(4)]: { deleted: true, merged_into_id: idOf(60) },
        [idOf(60)]: { deleted: true },
      },
      10,
    );
    expect(await scanWithout(box, [1, 2, 3, 4, 5])).toEqual([
      { kind: 'removed', remoteId: idOf(1), mergedInto: null },
      { kind: 'removed', remoteId: idOf(2), mergedInto: null },
      { kind: 'removed', remoteId: idOf(3), mergedInto: idOf(51) },
      { kind: 'removed', remoteId: idOf(4), mergedInto: null },
    ]);
  });

  it('nobody is asked for where everybody was met', async () => {
    const box = boxOf({}, 10);
    expect(await scanWithout(box, [])).toEqual([]);
    expect(box.questions).toEqual([]);
  });

  it.each<[string, PerformerState]>([
    ['does not know', null],
    ['says is deleted', { deleted: true }],
  ])('nobody counts as gone at a box that %s somebody whom it has just listed', async (_, state) => {
    const box = boxOf({ [idOf(0)]: state, [idOf(1)]: null }, 10);
    expect(await scanWithout(box, [1])).toEqual([
      { kind: 'warning', message: expect.stringContaining('nobody counts as gone') },
    ]);
  });

  it('nobody counts as gone of whom it met nobody', async () => {
    const box = boxOf({ [idOf(0)]: null, [idOf(1)]: null }, 2);
    expect(await scanWithout(box, [0, 1])).toMatchObject([{ kind: 'warning' }]);
    expect(box.questions).toEqual([]);
  });

  it('nobody counts as gone where another box answers, which knows few of them', async () => {
    const everybody = Array.from({ length: 200 }, (_, number) => number);
    const box = boxOf(Object.fromEntries(everybody.map((number) => [idOf(number), null])), 200);
    expect(await scanWithout(box, everybody.slice(5))).toMatchObject([
      { kind: 'warning', message: expect.stringContaining('Is it the right stash-box?') },
    ]);
    expect(box.questions).toEqual([]);
  });
});

describe('the check of who is known', () => {
  const check = (
    box: ReturnType<typeof boxOf>,
    from: { after: string; again: boolean },
    present: string | null = 'x',
  ) => drain(checkKnown(box.client, box.request, from, present, new Set()));

  it('asks for a bounded number of ids in one run, and the next one goes on behind them', async () => {
    const last = IDS_PER_RUN + 99;
    const box = boxOf({ [idOf(3)]: null, [idOf(last)]: null }, last + 1);
    const first = await check(box, { after: '', again: false });
    expect(first.reported).toEqual([{ kind: 'removed', remoteId: idOf(3), mergedInto: null }]);
    expect(first.result).toEqual({ after: idOf(IDS_PER_RUN - 1), again: false });
    expect(box.questions).toHaveLength(84);
    const second = await check(box, first.result ?? { after: '', again: false });
    expect(second).toEqual({
      reported: [{ kind: 'removed', remoteId: idOf(last), mergedInto: null }],
      result: null,
    });
    expect(box.questions.flat().filter((id) => id !== 'x')).toHaveLength(last + 1);
  });

  it('begins anew when somebody else vanished meanwhile', async () => {
    expect((await check(boxOf({}, 5), { after: idOf(2), again: true })).result).toEqual({
      after: '',
      again: false,
    });
  });

  it('stays where it was while the answers are not believed', async () => {
    const box = boxOf({ x: null, [idOf(3)]: null }, 5);
    const { reported, result } = await check(box, { after: idOf(1), again: false });
    expect(reported).toMatchObject([{ kind: 'warning' }]);
    expect(result).toEqual({ after: idOf(1), again: false });
  });
});
