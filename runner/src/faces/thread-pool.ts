import type { Worker } from 'node:worker_threads';
import { EngineError, ImageError } from './errors.ts';
import type { ImageAnalysis } from './image-analysis.ts';
import type { QualityPolicy } from './judge-faces.ts';
import type { ThreadAnswer } from './onnx/messages.ts';

export interface ThreadPoolOptions {
  /** Starts one thread that speaks `onnx/messages.ts`. */
  start: () => Worker;
  threads: number;
  /** Images that a thread may have at one time. */
  imagesPerThread: number;
  onWarning: (message: string) => void;
}

export interface ThreadPool {
  analyse(image: Uint8Array, policy: QualityPolicy, signal?: AbortSignal): Promise<ImageAnalysis>;
  /** Rejects what waits, lets what is under way end for at most `closeGraceMs`, and stops the threads. */
  close(): Promise<void>;
}

/** Deaths in a row, without one analysed image in between, after which the pool gives up. */
const maxDeathsInARow = 3;
/** A runner has 8 s to drain; images take far less than this. */
const closeGraceMs = 2_000;

interface Errand {
  id: number;
  image: Uint8Array;
  policy: QualityPolicy;
  resolve: (analysis: ImageAnalysis) => void;
  reject: (error: unknown) => void;
}

interface Thread {
  worker: Worker;
  ready: boolean;
  errands: Map<number, Errand>;
  lastError: Error | null;
}

/**
 * Spreads images over threads. A thread that dies takes only its own images with it (`image_lost`, retryable) and is
 * replaced; when threads keep dying the pool fails for good (`engine_failed`).
 *
 * Resolves when every thread has loaded its models.
 *
 * @throws EngineError `engine_failed` when a thread cannot start
 */
export async function openThreadPool(options: ThreadPoolOptions): Promise<ThreadPool> {
  const pool = new Pool(options);
  await pool.open();
  return pool;
}

class Pool implements ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #threads = new Set<Thread>();
  readonly #queue: Errand[] = [];
  #nextId = 1;
  #deathsInARow = 0;
  #stopped: EngineError | null = null;
  #changed: (() => void) | null = null;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    for (let i = 0; i < this.#options.threads; i++) this.#startThread();
    await this.#until(() => this.#stopped !== null || [...this.#threads].every((thread) => thread.ready));
    if (this.#stopped) throw this.#stopped;
  }

  async analyse(image: Uint8Array, policy: QualityPolicy, signal?: AbortSignal): Promise<ImageAnalysis> {
    if (this.#stopped) throw this.#stopped;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<ImageAnalysis>();
    const errand: Errand = { id: this.#nextId++, image, policy, resolve, reject };
    const withdraw = () => this.#withdraw(errand, signal?.reason);
    signal?.addEventListener('abort', withdraw, { once: true });
    this.#queue.push(errand);
    this.#dispatch();
    return promise.finally(() => signal?.removeEventListener('abort', withdraw));
  }

  async close(): Promise<void> {
    this.#stop(
      new EngineError('engine_closed', 'The face engine is closed; open a new one to analyse images.'),
    );
    const grace = setTimeout(() => this.#abandon(), closeGraceMs);
    await this.#until(() => [...this.#threads].every((thread) => thread.errands.size === 0));
    clearTimeout(grace);
    await Promise.all([...this.#threads].map((thread) => thread.worker.terminate()));
  }

  /** An aborted image leaves the queue; one that is with a thread already is only no longer waited for. */
  #withdraw(errand: Errand, reason: unknown): void {
    const at = this.#queue.indexOf(errand);
    if (at >= 0) this.#queue.splice(at, 1);
    errand.reject(reason);
  }

  #startThread(): void {
    const worker = this.#options.start();
    const thread: Thread = { worker, ready: false, errands: new Map(), lastError: null };
    this.#threads.add(thread);
    worker.on('message', (answer: ThreadAnswer) => this.#onAnswer(thread, answer));
    worker.on('error', (error) => {
      thread.lastError = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', (code) => this.#onExit(thread, code));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const thread = this.#leastBusy();
      if (!thread) return;
      const errand = this.#queue.shift();
      if (!errand) return;
      thread.errands.set(errand.id, errand);
      const { id, image, policy } = errand;
      thread.worker.postMessage({ id, image, policy });
    }
  }

  #leastBusy(): Thread | null {
    let best: Thread | null = null;
    for (const thread of this.#threads) {
      if (!thread.ready || thread.errands.size >= this.#options.imagesPerThread) continue;
      if (!best || thread.errands.size < best.errands.size) best = thread;
    }
    return best;
  }

  #onAnswer(thread: Thread, answer: ThreadAnswer): void {
    if (answer.kind === 'ready') thread.ready = true;
    else this.#settle(thread, answer);
    this.#dispatch();
    this.#changed?.();
  }

  #settle(thread: Thread, answer: Exclude<ThreadAnswer, { kind: 'ready' }>): void {
    const errand = thread.errands.get(answer.id);
    thread.errands.delete(answer.id);
    if (answer.kind === 'analysed') {
      this.#deathsInARow = 0;
      errand?.resolve(answer.analysis);
    } else if (answer.kind === 'refused') {
      errand?.reject(new ImageError(answer.code, answer.message));
    } else {
      errand?.reject(
        new EngineError(
          'image_lost',
          `Analysing the image failed: ${answer.message}. It may be tried again.`,
        ),
      );
    }
  }

  #onExit(thread: Thread, code: number): void {
    this.#threads.delete(thread);
    if (!this.#stopped) this.#mourn(thread, thread.lastError ?? new Error(`exit code ${code}`));
    this.#changed?.();
  }

  #mourn(thread: Thread, cause: Error): void {
    this.#deathsInARow++;
    for (const errand of thread.errands.values()) {
      errand.reject(
        new EngineError(
          'image_lost',
          `The analysing thread died (${cause.message}). The image may be tried again.`,
          { cause },
        ),
      );
    }
    if (this.#deathsInARow >= maxDeathsInARow) this.#giveUp(cause);
    else this.#replace(cause);
  }

  #replace(cause: Error): void {
    this.#options.onWarning(`An analysing thread died (${cause.message}); starting another one.`);
    this.#startThread();
  }

  #giveUp(cause: Error): void {
    const sentence =
      `Analysing threads died ${this.#deathsInARow} times in a row, the last one of: ${cause.message}. ` +
      'Check memory and the model files, then start again.';
    this.#stop(new EngineError('engine_failed', sentence, { cause }));
    this.#abandon();
    for (const { worker } of this.#threads) worker.terminate();
  }

  /** From now on everything new is refused with `reason`, and so is what waits for a thread. */
  #stop(reason: EngineError): void {
    this.#stopped ??= reason;
    for (const errand of this.#queue.splice(0)) errand.reject(this.#stopped);
  }

  #abandon(): void {
    for (const thread of this.#threads) {
      for (const errand of thread.errands.values()) errand.reject(this.#stopped);
      thread.errands.clear();
    }
    this.#changed?.();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#changed = resolve));
    this.#changed = null;
  }
}
