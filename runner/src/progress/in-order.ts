/** A piece of work that has been begun. */
interface Begun<T> {
  result: Promise<T>;
  isOver: boolean;
  /** Aborted when the result is no longer wanted. */
  dropped: AbortController;
}

export interface InOrderOptions {
  /** Items that are worked on at once, the one in hand included. */
  ahead: number;
  /** From now on: finish the item in hand, hand out those behind it that are over anyway, drop the others, and end. */
  stop: AbortSignal;
}

/**
 * Works on several items at once, and hands the results out one by one in the items' order, so that whoever commits them may
 * move a cursor along. An item that fails, or a list that does, throws after everything before it was handed out.
 *
 * @param work is told by its signal when its result is not wanted any more, so that it does not keep the item in hand waiting
 */
export async function* inOrder<I, O>(
  items: AsyncIterable<I>,
  work: (item: I, dropped: AbortSignal) => Promise<O>,
  { ahead, stop }: InOrderOptions,
): AsyncGenerator<O> {
  const iterator = items[Symbol.asyncIterator]();
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
  const begun: Begun<O>[] = [];
  void stopped.then(() => {
    for (const item of begun.slice(1)) if (!item.isOver) item.dropped.abort(stop.reason);
  });
  let next: Promise<IteratorResult<I> | { failure: unknown }> | null = null;
  let end: { failure?: unknown } | null = null;
  for (;;) {
    const [head] = begun;
    if (head && (head.isOver || stop.aborted || end || begun.length >= ahead)) {
      yield await head.result;
      begun.shift();
      if (stop.aborted && !isReady(begun[0])) return;
      continue;
    }
    if (end) {
      if ('failure' in end) throw end.failure;
      return;
    }
    if (stop.aborted) return;
    next ??= iterator.next().catch((failure: unknown) => ({ failure }));
    const first = await Promise.race([next, stopped, ...(head ? [settled(head.result)] : [])]);
    if (first === undefined) continue;
    next = null;
    if ('failure' in first) end = first;
    else if (first.done) end = {};
    else begun.push(begin(first.value, work));
  }
}

function begin<I, O>(input: I, work: (item: I, dropped: AbortSignal) => Promise<O>): Begun<O> {
  const dropped = new AbortController();
  const item = { result: work(input, dropped.signal), isOver: false, dropped };
  void settled(item.result).then(() => {
    item.isOver = true;
  });
  return item;
}

function isReady(item: Begun<unknown> | undefined): boolean {
  return item?.isOver === true && !item.dropped.signal.aborted;
}

function settled(result: Promise<unknown>): Promise<void> {
  return result.then(
    () => {},
    () => {},
  );
}
