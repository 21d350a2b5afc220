import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves once nobody listens at `url` any more: workerd is a process of its own, and nothing tells when it ends. Whatever is
 * answered counts as alive, and so does a server that is too busy to answer.
 */
export async function untilGone(
  url: string,
  { everyMs = 1_000, signal }: { everyMs?: number; signal?: AbortSignal } = {},
) {
  while (!signal?.aborted) {
    try {
      const response = await fetch(new URL('/healthz', url), { signal });
      await response.body?.cancel();
    } catch (error) {
      if (isRefused(error)) return;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
