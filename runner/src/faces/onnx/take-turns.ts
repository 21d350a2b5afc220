/** Runs actions one after the other, in the order of the calls. */
export type TakeTurns = <Result>(action: () => Promise<Result>) => Promise<Result>;

/**
 * A queue for one thread's models: `run` only seems to be asynchronous, and two calls in flight would write into the same
 * input buffer.
 */
export function takeTurns(): TakeTurns {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const result = last.then(action);
    last = result.catch(() => {});
    return result;
  };
}
