import { z } from 'zod';
import { NotRetryable, Retryable } from '../../../http/request-errors.ts';
import { BrowserCrashed } from './browser-retry.ts';
import type { CdpConnection, CdpEvent } from './cdp-connection.ts';
import { limitSubrequests } from './cdp-subrequests.ts';
import { findNetError, isPassingNetError } from './net-errors.ts';

const created = z.object({ browserContextId: z.string() });
const target = z.object({ targetId: z.string() });
const attached = z.object({ sessionId: z.string() });
const navigated = z.object({ loaderId: z.string().optional(), errorText: z.string().optional() });
const evaluated = z.object({ result: z.object({ value: z.string() }) });
const bodyOf = z.object({ body: z.string(), base64Encoded: z.boolean() });
const responseReceived = z.object({
  requestId: z.string(),
  loaderId: z.string(),
  type: z.string(),
  response: z.object({ url: z.string(), status: z.number(), headers: z.record(z.string(), z.string()) }),
});
const finished = z.object({ requestId: z.string() });
const failedLoading = z.object({ requestId: z.string(), errorText: z.string() });
const lifecycle = z.object({ name: z.string(), loaderId: z.string() });
const detached = z.object({ sessionId: z.string() });

/** How Chrome fails an answer of 4xx or 5xx that has no body; its status is known all the same. */
const NO_CONTENT = 'net::ERR_HTTP_RESPONSE_CODE_FAILURE';

/** When a navigation counts as done. */
export type Until = 'html' | 'bytes' | 'idle';

export interface Loaded {
  status: number;
  headers: Record<string, string>;
  url: string;
  body: Uint8Array | string;
}

export interface CdpTab {
  /**
   * @throws BrowserCrashed when the tab has crashed or was closed, Retryable when it does not load in time or the network
   * fails, NotRetryable when Chrome cannot load it
   */
  load(url: string, until: Until, timeoutMs: number, referrer?: string | null): Promise<Loaded>;
  /** The tab and its cookies; the browser is the owner's and stays. */
  close(): Promise<void>;
}

/**
 * Opens a tab of its own in a context of its own. Its pages load no media; `onSubrequest` is told of what they load besides.
 */
export async function openTab(connection: CdpConnection, onSubrequest: (url: URL) => void): Promise<CdpTab> {
  const { browserContextId } = created.parse(await connection.send('Target.createBrowserContext', {}));
  const { targetId } = target.parse(
    await connection.send('Target.createTarget', { url: 'about:blank', browserContextId }),
  );
  const { sessionId } = attached.parse(
    await connection.send('Target.attachToTarget', { targetId, flatten: true }),
  );
  const send = (method: string, params: object = {}) => connection.send(method, params, sessionId);
  const crash = watchTab(connection, sessionId);
  await send('Inspector.enable');
  await send('Page.enable');
  await send('Page.setLifecycleEventsEnabled', { enabled: true });
  await send('Network.enable');
  await limitSubrequests(connection, { sessionId, targetId }, onSubrequest);

  async function load(
    url: string,
    until: Until,
    timeoutMs: number,
    referrer?: string | null,
  ): Promise<Loaded> {
    const watch = watchNavigation(connection, sessionId);
    const timer = setTimeout(
      () => watch.fail(new Retryable(`${url} did not load within ${timeoutMs / 1_000} s`)),
      timeoutMs,
    );
    try {
      void connection.ended.then(() => watch.fail(new Retryable('the connection to Chrome has ended')));
      void crash.then((how) => watch.fail(new BrowserCrashed(`the tab of Chrome ${how} at ${url}`)));
      const going = send('Page.navigate', { url, ...(referrer ? { referrer } : {}) });
      const { loaderId = '', errorText = '' } = navigated.parse(await Promise.race([going, watch.failed]));
      if (errorText !== '' && errorText !== NO_CONTENT) {
        throw explainNetError(`Chrome cannot load ${url}: ${errorText}`);
      }
      const document = await watch.until(loaderId, until);
      const body = await Promise.race([bodyFor(document, until), watch.failed]);
      return { ...document.response, body };
    } finally {
      clearTimeout(timer);
      watch.end();
    }
  }

  function bodyFor({ requestId, isEmpty }: Document, until: Until): Promise<Uint8Array | string> {
    if (isEmpty) return Promise.resolve('');
    return until === 'bytes' ? bytes(requestId) : html();
  }

  async function html(): Promise<string> {
    const expression = 'document.documentElement.outerHTML';
    return evaluated.parse(await send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  }

  async function bytes(requestId: string): Promise<Uint8Array> {
    const { body, base64Encoded } = bodyOf.parse(await send('Network.getResponseBody', { requestId }));
    return Buffer.from(body, base64Encoded ? 'base64' : 'utf8');
  }

  return {
    load,
    async close() {
      await connection.send('Target.closeTarget', { targetId }).catch(() => {});
      await connection.send('Target.disposeBrowserContext', { browserContextId }).catch(() => {});
    },
  };
}

/** Settles with how the tab ended, when it does. */
function watchTab(connection: CdpConnection, sessionId: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  connection.listen(({ method, params, sessionId: from }) => {
    if (method === 'Inspector.targetCrashed' && from === sessionId) resolve('crashed');
    if (method !== 'Target.detachedFromTarget') return;
    if (detached.safeParse(params).data?.sessionId === sessionId) resolve('was closed');
  });
  return promise;
}

function explainNetError(message: string): Error {
  const isPassing = isPassingNetError(findNetError(message) ?? '');
  return isPassing ? new Retryable(message) : new NotRetryable(message);
}

type Document = z.infer<typeof responseReceived> & {
  /** A refusal without a page, in whose place Chrome shows one of its own. */
  isEmpty?: boolean;
};

/** Collects a navigation's events from before it begins, since the first may come before its own answer. */
function watchNavigation(connection: CdpConnection, sessionId: string) {
  const documents: Document[] = [];
  const done = new Set<string>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => {});
  let check = () => {};

  const end = connection.listen((event) => {
    if (event.sessionId !== sessionId) return;
    note(event, documents, done, fail);
    check();
  });

  /** The last document of the navigation, once what it is waited for has happened. */
  function until(loaderId: string, what: Until): Promise<Document> {
    const { promise, resolve } = Promise.withResolvers<Document>();
    check = () => {
      const document = documents.findLast((one) => one.loaderId === loaderId);
      const sign = what === 'bytes' ? document?.requestId : `${what} ${loaderId}`;
      const isDone = document?.isEmpty || (sign !== undefined && done.has(sign));
      if (document && isDone) resolve(document);
    };
    check();
    return Promise.race([promise, failed]);
  }

  return { until, fail, failed, end };
}

/** Events of another shape than is known are left out: an error thrown here would end the program. */
function note(event: CdpEvent, documents: Document[], done: Set<string>, fail: (error: Error) => void): void {
  const { method, params } = event;
  if (method === 'Network.responseReceived') {
    const response = responseReceived.safeParse(params);
    if (response.data?.type === 'Document') documents.push(response.data);
  } else if (method === 'Network.loadingFinished') {
    const { requestId } = finished.safeParse(params).data ?? {};
    if (requestId) done.add(requestId);
  } else if (method === 'Network.loadingFailed') {
    const { requestId, errorText = '' } = failedLoading.safeParse(params).data ?? {};
    const document = documents.find((one) => one.requestId === requestId);
    if (document && errorText === NO_CONTENT) document.isEmpty = true;
    else if (document) fail(new Retryable(`Chrome could not load the page: ${errorText}`));
  } else if (method === 'Page.lifecycleEvent') {
    const { name, loaderId } = lifecycle.safeParse(params).data ?? {};
    if (name === 'DOMContentLoaded') done.add(`html ${loaderId}`);
    if (name === 'networkIdle') done.add(`idle ${loaderId}`);
  }
}
