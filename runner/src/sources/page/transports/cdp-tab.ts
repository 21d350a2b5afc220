import { z } from 'zod';
import { NotRetryable, Retryable } from '../../errors.ts';
import type { CdpConnection, CdpEvent } from './cdp-connection.ts';

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
  /** @throws Retryable when it does not load in time, NotRetryable when Chrome cannot load it */
  load(url: string, until: Until, timeoutMs: number, referrer?: string | null): Promise<Loaded>;
  /** The tab and its cookies; the browser is the owner's and stays. */
  close(): Promise<void>;
}

/** Opens a tab of its own in a context of its own. */
export async function openTab(connection: CdpConnection): Promise<CdpTab> {
  const { browserContextId } = created.parse(await connection.send('Target.createBrowserContext', {}));
  const { targetId } = target.parse(
    await connection.send('Target.createTarget', { url: 'about:blank', browserContextId }),
  );
  const { sessionId } = attached.parse(
    await connection.send('Target.attachToTarget', { targetId, flatten: true }),
  );
  const send = (method: string, params: object = {}) => connection.send(method, params, sessionId);
  await send('Page.enable');
  await send('Page.setLifecycleEventsEnabled', { enabled: true });
  await send('Network.enable');

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
      const going = send('Page.navigate', { url, ...(referrer ? { referrer } : {}) });
      const { loaderId = '', errorText = '' } = navigated.parse(await Promise.race([going, watch.failed]));
      if (errorText !== '' && errorText !== NO_CONTENT) {
        throw new NotRetryable(`Chrome cannot load ${url}: ${errorText}`);
      }
      const document = await watch.until(loaderId, until);
      return { ...document.response, body: await bodyFor(document, until) };
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
  let look = () => {};

  const end = connection.listen((event) => {
    if (event.sessionId !== sessionId) return;
    note(event, documents, done, fail);
    look();
  });

  /** The last document of the navigation, once what it is waited for has happened. */
  function until(loaderId: string, what: Until): Promise<Document> {
    const { promise, resolve } = Promise.withResolvers<Document>();
    look = () => {
      const document = documents.findLast((one) => one.loaderId === loaderId);
      const sign = what === 'bytes' ? document?.requestId : `${what} ${loaderId}`;
      const isDone = document?.isEmpty || (sign !== undefined && done.has(sign));
      if (document && isDone) resolve(document);
    };
    look();
    return Promise.race([promise, failed]);
  }

  return { until, fail, failed, end };
}

function note(event: CdpEvent, documents: Document[], done: Set<string>, fail: (error: Error) => void): void {
  if (event.method === 'Network.responseReceived') {
    const response = responseReceived.safeParse(event.params);
    if (response.data?.type === 'Document') documents.push(response.data);
  } else if (event.method === 'Network.loadingFinished') {
    done.add(finished.parse(event.params).requestId);
  } else if (event.method === 'Network.loadingFailed') {
    const { requestId, errorText } = failedLoading.parse(event.params);
    const document = documents.find((one) => one.requestId === requestId);
    if (document && errorText === NO_CONTENT) document.isEmpty = true;
    else if (document) fail(new Retryable(`Chrome could not load the page: ${errorText}`));
  } else if (event.method === 'Page.lifecycleEvent') {
    const { name, loaderId } = lifecycle.parse(event.params);
    if (name === 'DOMContentLoaded') done.add(`html ${loaderId}`);
    if (name === 'networkIdle') done.add(`idle ${loaderId}`);
  }
}
