import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { request } from 'undici';
import { z } from 'zod';
import { SourceBlocked } from '../../../http/request-errors.ts';
import { messageOf } from '../../../logs/message-of.ts';
import { BrowserUnavailable, isConnectionError } from './browser-retry.ts';

const version = z.object({ webSocketDebuggerUrl: z.string() });
const message = z.object({
  id: z.int().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  sessionId: z.string().optional(),
});

const CONNECT_TIMEOUT_MS = 10_000;
/** Longer than the longest page load; a Chrome that is frozen must not hold a task for ever. */
const COMMAND_TIMEOUT_MS = 120_000;

export interface CdpEvent {
  method: string;
  params: unknown;
  sessionId: string | undefined;
}

export interface CdpConnection {
  /** @throws Error with Chrome's own words, when the connection ends first, or when no answer comes within 2 minutes */
  send(method: string, params: object, sessionId?: string): Promise<unknown>;
  /** Until the returned function is called. */
  listen(listener: (event: CdpEvent) => void): () => void;
  /** Settles when the connection has ended, by whomever. */
  readonly ended: Promise<void>;
  close(): void;
}

/**
 * Connects to the owner's Chrome.
 *
 * Chrome refuses host names in the `Host` header, so the address is resolved first; and the address that it gives for its
 * socket is as it sees itself, so only the path of that is used. That path changes at every start of Chrome.
 *
 * @throws BrowserUnavailable when no Chrome answers, SourceBlocked when something else does
 */
export async function connectCdp(chromeUrl: string): Promise<CdpConnection> {
  try {
    const base = await resolved(chromeUrl);
    const path = await socketPath(base);
    const socket = new WebSocket(`${base.protocol === 'https:' ? 'wss' : 'ws'}://${base.host}${path}`);
    await opened(socket);
    return wrapSocket(socket);
  } catch (cause) {
    if (cause instanceof BrowserUnavailable || isConnectionError(cause) || isTimeout(cause)) {
      throw new BrowserUnavailable(`CHROME_CDP_URL does not answer: ${messageOf(cause)}`, { cause });
    }
    throw new SourceBlocked(`CHROME_CDP_URL cannot be used: ${messageOf(cause)}`, { cause });
  }
}

/** Whether a Chrome answers there. @throws Error when none does */
export async function findChrome(chromeUrl: string): Promise<void> {
  await socketPath(await resolved(chromeUrl));
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

async function resolved(chromeUrl: string): Promise<URL> {
  const url = new URL(chromeUrl.replace(/^ws/, 'http'));
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 0 && bare !== 'localhost') {
    const { address, family } = await lookup(bare);
    url.hostname = family === 6 ? `[${address}]` : address;
  }
  return url;
}

async function socketPath(base: URL): Promise<string> {
  const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const answer = await request(new URL('/json/version', base), { signal });
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    const message = `${base.host} answered ${answer.statusCode} where Chrome tells its version`;
    throw answer.statusCode >= 500 ? new BrowserUnavailable(message) : new Error(message);
  }
  return new URL(version.parse(await answer.body.json()).webSocketDebuggerUrl).pathname;
}

function opened(socket: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    socket.close();
    reject(new BrowserUnavailable('the socket did not open in time'));
  }, CONNECT_TIMEOUT_MS);
  socket.addEventListener('open', () => resolve(), { once: true });
  socket.addEventListener('error', () => reject(new BrowserUnavailable('the socket was refused')), {
    once: true,
  });
  return promise.finally(() => clearTimeout(timer));
}

function wrapSocket(socket: WebSocket): CdpConnection {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const listeners = new Set<(event: CdpEvent) => void>();
  const ended = Promise.withResolvers<void>();
  let lastId = 0;

  socket.addEventListener('message', ({ data }) => {
    const { id, result, error, method, params, sessionId } = readMessage(String(data));
    if (id === undefined) {
      if (method) for (const listener of [...listeners]) listener({ method, params, sessionId });
      return;
    }
    const answer = waiting.get(id);
    waiting.delete(id);
    if (error) answer?.reject(new Error(`Chrome: ${error.message}`));
    else answer?.resolve(result);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the connection to Chrome has ended'));
    waiting.clear();
    ended.resolve();
  });

  return {
    send(method, params, sessionId) {
      if (socket.readyState !== WebSocket.OPEN) {
        return Promise.reject(new Error('the connection to Chrome has ended'));
      }
      const id = ++lastId;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(id, answer);
      const timer = setTimeout(
        () =>
          answer.reject(new Error(`Chrome did not answer ${method} within ${COMMAND_TIMEOUT_MS / 1_000} s`)),
        COMMAND_TIMEOUT_MS,
      );
      socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
      return answer.promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(id);
      });
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ended: ended.promise,
    close: () => socket.close(),
  };
}

/** A message that nobody understands is as good as none: an error thrown in a listener would end the program. */
function readMessage(text: string): Partial<z.output<typeof message>> {
  try {
    return message.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}
