import type { Worker } from 'node:worker_threads';

/**
 * Makes a thread's end harmless at any time, and known to who waits for its next message. Call it right after the thread was
 * started: an error that nothing listens to would end the program.
 *
 * @param what the thread, for messages: "the face index"
 * @returns what waits for the next message; it rejects when the thread fails or ends before, or has done so already
 */
export function answersOf<T>(worker: Worker, what: string): () => Promise<T> {
  let waiting: PromiseWithResolvers<T> | undefined;
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    waiting?.reject(failure);
    waiting = undefined;
  };
  worker.on('message', (answer: T) => {
    waiting?.resolve(answer);
    waiting = undefined;
  });
  worker.on('error', (cause) => fail(cause instanceof Error ? cause : new Error(String(cause))));
  worker.on('messageerror', fail);
  worker.on('exit', (code) => fail(new Error(`The thread of ${what} ended early with code ${code}`)));
  return () => {
    if (failure) return Promise.reject(failure);
    waiting = Promise.withResolvers<T>();
    return waiting.promise;
  };
}
