import { createHranaServer } from '@trainer/libsql/hrana/server';
import { z } from 'zod';
import { openHandle } from '../../../control-plane/src/edge/node/open-database.ts';
import { serveFetch } from '../../../control-plane/src/edge/node/serve-app.ts';
import { realClock } from '../../../control-plane/src/edge/real-clock.ts';

export interface Counts {
  /** HTTP requests to the libSQL server: what Cloudflare counts as subrequests. */
  calls: number;
  statements: number;
}

export interface CountingDatabase extends AsyncDisposable {
  url: string;
  /** Since it was last asked. */
  take: () => Counts;
}

const pipelineSchema = z.object({
  requests: z.array(
    z.object({ type: z.string(), batch: z.object({ steps: z.array(z.unknown()) }).optional() }),
  ),
});

/** A libSQL server on a file that counts what is asked of it. */
export async function serveCountingDatabase(file: string): Promise<CountingDatabase> {
  let counts: Counts = { calls: 0, statements: 0 };
  const hrana = createHranaServer({
    open: () => openHandle(file),
    sleep: realClock.sleep,
    authToken: undefined,
  });
  const served = await serveFetch(
    async (request) => {
      const asked = pipelineSchema.safeParse(
        await request
          .clone()
          .json()
          .catch(() => null),
      );
      counts.calls += 1;
      for (const { type, batch } of asked.data?.requests ?? []) {
        counts.statements += batch?.steps.length ?? (type === 'execute' ? 1 : 0);
      }
      return hrana.fetch(request);
    },
    { host: '127.0.0.1', port: 0 },
  );
  return {
    url: `http://127.0.0.1:${served.port}`,
    take() {
      const taken = counts;
      counts = { calls: 0, statements: 0 };
      return taken;
    },
    async [Symbol.asyncDispose]() {
      await served.close();
      hrana.close();
    },
  };
}
