/** What cleaning up said after something had failed already, by the error that it must not hide. */
const faultsAfter = new WeakMap<Error, unknown[]>();

/**
 * Does `work`, then `cleanUp`, whether the work succeeded or not. Unlike `finally` and `using`, a fault of cleaning up never takes the
 * place of the fault that came first: it is attached to it (`cleanUpFaults`).
 *
 * @throws what `work` throws; what `cleanUp` throws when the work succeeded
 */
export async function withCleanUp<T>(work: () => T | Promise<T>, cleanUp: () => unknown): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    try {
      await cleanUp();
    } catch (also) {
      noteCleanUpFault(error, also);
    }
    throw error;
  }
  await cleanUp();
  return result;
}

/** Cleans up after `error` and throws it: for a `catch` that has something to undo first. */
export function rethrowAfter(error: unknown, cleanUp: () => unknown): Promise<never> {
  return withCleanUp<never>(() => Promise.reject(error), cleanUp);
}

/** The same for work and cleaning up that nobody has to wait for. */
export function withCleanUpSync<T>(work: () => T, cleanUp: () => unknown): T {
  let result: T;
  try {
    result = work();
  } catch (error) {
    cleanUpAfter(error, cleanUp);
    throw error;
  }
  cleanUp();
  return result;
}

/** Cleans up after `error`, which stays the error; what `cleanUp` throws is attached to it. */
export function cleanUpAfter(error: unknown, cleanUp: () => unknown): void {
  try {
    cleanUp();
  } catch (also) {
    noteCleanUpFault(error, also);
  }
}

/** What failed while cleaning up after this error, oldest first. */
export function cleanUpFaults(error: Error): readonly unknown[] {
  return faultsAfter.get(error) ?? [];
}

/** The fault that came first where `using` has put the one of disposing in front of it. */
export function firstFault(error: unknown): unknown {
  if (!(error instanceof SuppressedError)) return error;
  const first = firstFault(error.suppressed);
  noteCleanUpFault(first, error.error);
  return first;
}

function noteCleanUpFault(error: unknown, also: unknown): void {
  if (!(error instanceof Error) || error === also || cleanUpFaults(error).includes(also)) return;
  faultsAfter.set(error, [...cleanUpFaults(error), also]);
}
