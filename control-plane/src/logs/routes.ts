import type { AppContext } from '../context/app-context.ts';
import { mount } from '../http/mount.ts';
import { requireOwnLease } from '../leases/require-lease.ts';
import { appendBatch } from './append-batch.ts';
import { startOfTail, tailLog } from './tail-log.ts';

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // nginx would hold lines back until its buffer is full.
  'x-accel-buffering': 'no',
};

export function mountLogs(appContext: AppContext): void {
  const { deps } = appContext;
  mount(appContext, 'POST /api/leases/{task}/logs', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    return { next_seq: await appendBatch(deps, params.task, body) };
  });

  mount(appContext, 'GET /api/logs', async ({ query: { tail, ...filter }, headers, signal, caller }) => {
    const lastEventId = headers['last-event-id'];
    const afterId = lastEventId === undefined ? null : Number(lastEventId);
    const start = await startOfTail(deps, { filter, tail, afterId });
    const gone = AbortSignal.any([signal, deps.closing]);
    return new Response(tailLog(deps, { filter, start, reader: caller, signal: gone }), {
      headers: streamHeaders,
    });
  });
}
