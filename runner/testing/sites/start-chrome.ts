import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { CLEARANCE } from './faults.ts';
import { acceptWebSocket } from './websocket.ts';

interface Command {
  id: number;
  method: string;
  params: Record<string, unknown>;
  sessionId?: string;
}

/** What a tab last loaded. */
interface Load {
  text: string;
  bytes: Buffer;
}

/** What is wrong with a Chrome, for a test. */
export interface ChromeFaults {
  /** The network error with which it fails a page. */
  netError?: (url: string) => string | null;
  /** Its tab crashes at this page. */
  crash?: (url: string) => boolean;
  /** What a page makes it ask for besides, with the resource types that it has for them. */
  subresources?: (url: string) => { url: string; type: string }[];
}

/**
 * A Chrome that can be steered over the DevTools protocol, as far as the runner does: it opens pages itself and reports
 * what became of them in the events that a real one sends.
 */
export async function startChrome({ netError, crash, subresources }: ChromeFaults = {}) {
  const commands: Command[] = [];
  const contexts = new Set<string>();
  const path = `/devtools/browser/${randomUUID()}`;
  const loads = new Map<string, Load>();
  /** The resource types that each tab wants to be asked about. */
  const paused = new Map<string, string[]>();
  const targets = new Map<string, string>();
  const sockets = new Set<{ destroy(): void }>();

  const server = createServer((_, response) => {
    // Its own idea of its address, which is of no use to others.
    response.end(JSON.stringify({ Browser: 'Fake/1', webSocketDebuggerUrl: `ws://0.0.0.0:1${path}` }));
  });
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    if (request.url !== path || request.headers.origin)
      return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const connection = acceptWebSocket(request, socket, (text) => void answer(JSON.parse(text)));

    async function answer(command: Command): Promise<void> {
      commands.push(command);
      const { id, sessionId } = command;
      const tell = (method: string, params: object) =>
        connection.send(JSON.stringify({ method, params, sessionId }));
      const reply = (result: object) => connection.send(JSON.stringify({ id, sessionId, result }));
      await act(command, reply, tell);
    }
  });

  async function act(
    { method, params, sessionId = '' }: Command,
    reply: (result: object) => void,
    tell: (method: string, params: object) => void,
  ): Promise<void> {
    if (method === 'Target.createBrowserContext') {
      const browserContextId = randomUUID();
      contexts.add(browserContextId);
      return reply({ browserContextId });
    }
    if (method === 'Target.disposeBrowserContext') contexts.delete(String(params.browserContextId));
    if (method === 'Target.createTarget') return reply({ targetId: randomUUID() });
    if (method === 'Target.attachToTarget') {
      const attached = randomUUID();
      targets.set(attached, String(params.targetId));
      return reply({ sessionId: attached });
    }
    if (method === 'Fetch.enable') paused.set(sessionId, resourceTypes(params));
    if (method === 'Page.navigate') return navigate(params, sessionId, reply, tell);
    const load = loads.get(sessionId);
    if (method === 'Runtime.evaluate') return reply({ result: { type: 'string', value: load?.text ?? '' } });
    if (method === 'Network.getResponseBody') {
      return reply({ body: load?.bytes.toString('base64') ?? '', base64Encoded: true });
    }
    reply({});
  }

  async function navigate(
    { url, referrer }: Record<string, unknown>,
    sessionId: string,
    reply: (result: object) => void,
    tell: (method: string, params: object) => void,
  ): Promise<void> {
    const [loaderId, requestId] = [randomUUID(), randomUUID()];
    if (crash?.(String(url))) return tell('Inspector.targetCrashed', {});
    const failure = netError?.(String(url)) ?? null;
    if (failure !== null) return reply({ frameId: 'f', loaderId, errorText: failure });
    const headers = { cookie: CLEARANCE, ...(referrer ? { referer: String(referrer) } : {}) };
    const page = await fetch(String(url), { headers }).catch(() => null);
    if (!page) return reply({ frameId: 'f', loaderId, errorText: 'net::ERR_TOO_MANY_REDIRECTS' });
    const bytes = Buffer.from(await page.arrayBuffer());
    loads.set(sessionId, { bytes, text: bytes.toString() });
    const response = { url: page.url, status: page.status, headers: Object.fromEntries(page.headers) };
    const frameId = targets.get(sessionId);
    tell('Network.responseReceived', { requestId, loaderId, frameId, type: 'Document', response });
    for (const one of subresources?.(page.url) ?? []) loadBesides(one, loaderId, sessionId, tell);
    const isEmptyRefusal = bytes.length === 0 && page.status >= 400;
    const errorText = 'net::ERR_HTTP_RESPONSE_CODE_FAILURE';
    reply({ frameId: 'f', loaderId, ...(isEmptyRefusal ? { errorText } : {}) });
    if (isEmptyRefusal) return tell('Network.loadingFailed', { requestId, errorText });
    tell('Page.lifecycleEvent', { frameId: 'f', loaderId, name: 'DOMContentLoaded' });
    tell('Network.loadingFinished', { requestId });
    tell('Page.lifecycleEvent', { frameId: 'f', loaderId, name: 'networkIdle' });
  }

  function loadBesides(
    { url, type }: { url: string; type: string },
    loaderId: string,
    sessionId: string,
    tell: (method: string, params: object) => void,
  ): void {
    const requestId = randomUUID();
    const response = { url, status: 200, headers: {}, fromDiskCache: false };
    if (paused.get(sessionId)?.includes(type)) {
      tell('Fetch.requestPaused', { requestId, request: { url }, resourceType: type });
    } else tell('Network.responseReceived', { requestId, loaderId, type, response });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    commands,
    contexts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function resourceTypes({ patterns }: Record<string, unknown>): string[] {
  return Array.isArray(patterns) ? patterns.map((pattern) => String(pattern.resourceType)) : [];
}
