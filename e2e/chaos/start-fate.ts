import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Fate extends AsyncDisposable {
  url: string;
  /** Lets an operation of the bucket fail, after `skipped` others went well; resolves with its name when that has happened. */
  failNext(when: 'before' | 'after', skipped: number): Promise<string>;
}

/** Whom the bucket of the chaos Worker asks before each operation. */
export async function startFate(): Promise<Fate> {
  const awaited: { when: string; skipped: number; happened: (operation: string) => void }[] = [];
  const server = createServer(({ url = '/' }, response) => {
    const [first] = awaited;
    if (!first || first.skipped > 0) {
      if (first) first.skipped -= 1;
      response.end('well');
      return;
    }
    awaited.shift();
    first.happened(url.slice(1));
    response.end(first.when);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    failNext: (when, skipped) => new Promise((happened) => void awaited.push({ when, skipped, happened })),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
