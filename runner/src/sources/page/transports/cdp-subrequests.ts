import { z } from 'zod';
import type { CdpConnection } from './cdp-connection.ts';

/** What a performer's page shows but nobody reads. A picture that is opened by its own address is a `Document`. */
const MEDIA = ['Image', 'Media', 'Font'];

const paused = z.object({ requestId: z.string() });
const fromCache = z.object({ requestId: z.string() });
const received = z.object({
  requestId: z.string(),
  type: z.string(),
  frameId: z.string().optional(),
  response: z.object({ url: z.string(), fromDiskCache: z.boolean().default(false) }),
});

/**
 * Stops the requests for media that the tab's pages make, and tells `onRequest` the address of every other one that was
 * answered by a host: those for scripts, styles, frames and data. The documents of the tab itself are not among them.
 */
export async function limitSubrequests(
  connection: CdpConnection,
  tab: { sessionId: string; targetId: string },
  onRequest: (url: URL) => void,
): Promise<void> {
  const { sessionId, targetId } = tab;
  const cached = new Set<string>();

  connection.listen(({ method, params, sessionId: from }) => {
    if (from !== sessionId) return;
    if (method === 'Fetch.requestPaused') {
      const { requestId } = paused.safeParse(params).data ?? {};
      const refusal = { requestId, errorReason: 'BlockedByClient' };
      if (requestId) connection.send('Fetch.failRequest', refusal, sessionId).catch(() => {});
    } else if (method === 'Network.requestServedFromCache') {
      const { requestId } = fromCache.safeParse(params).data ?? {};
      if (requestId) cached.add(requestId);
    } else if (method === 'Network.responseReceived') {
      const { data } = received.safeParse(params);
      if (!data) return;
      const isOfTab = data.type === 'Document' && data.frameId === targetId;
      const isCached = cached.delete(data.requestId) || data.response.fromDiskCache;
      const url = URL.parse(data.response.url);
      if (!isOfTab && !isCached && url && /^https?:$/.test(url.protocol)) onRequest(url);
    }
  });

  const patterns = MEDIA.map((resourceType) => ({ urlPattern: '*', resourceType, requestStage: 'Request' }));
  await connection.send('Fetch.enable', { patterns }, sessionId);
}
