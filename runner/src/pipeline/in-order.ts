/** A piece of work that has been begun. */
interface Begun<T> {
  result: Promise<T>;
  isOver: boolean;
}

export interface InOrderOptions {
  /** Items that are worked on at once, the one in hand included. */
  ahead: number;
  /** From now on: finish the item in hand, hand out those behind it that are over anyway, and end. */
  stop: AbortSignal;
}

/**
 * Works on several items at once, and hands the results out one by one in the items' order, so that whoever commits them may
 * move a cursor along. An item that fails, or a list that does, throws after everything before it was handed out.
 */
export async function* inOrder<I, O>(
  items: AsyncIterable<I>,
  work: (item: I) => Promise<O>,
  { ahead, stop }: InOrderOptions,
): AsyncGenerator<O> {
  const iterator = items[Symbol.asyncIterator]();
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
  const begun: Begun<O>[] = [];
  let next: Promise<IteratorResult<I> | { failure: unknown }> | null = null;
  let end: { failure?: unknown } | null = null;
  for (;;) {
    const [head] = begun;
    if (head && (head.isOver || stop.aborted || end || begun.length >= ahead)) {
      yield await head.result;
      begun.shift();
      if (stop.aborted && !begun[0]?.isOver) return;
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
    else begun.push(begin(work(first.value)));
  }
}

function begin<T>(result: Promise<T>): Begun<T> {
  const item = { result, isOver: false };
  void settled(result).then(() => {
    item.isOver = true;
  });
  return item;
}

function settled(result: Promise<unknown>): Promise<void> {
  return result.then(
    () => {},
    () => {},
  );
}
