import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as elapsed } from 'node:timers/promises';

/**
 * When a connection is cut:
 *
 *     before   the request never arrives
 *     during   the request was sent, or some of it, and nobody knows what became of it
 *     after    the request took effect, and its answer never arrives
 */
export const moments = ['before', 'during', 'after'] as const;
export type Moment = (typeof moments)[number];

export interface BreakableProxy extends AsyncDisposable {
  port: number;
  /** Cuts the connection of a request, after `skipped` others went well; resolves when that has happened. */
  cutNext(moment: Moment, skipped: number): Promise<void>;
  /** For so long, every connection is cut, and every new one at once. */
  goAway(ms: number): Promise<void>;
}

interface Cut {
  moment: Moment;
  skipped: number;
  happened: () => void;
}

/** Passes connections on to a port of loopback, which may be out of service now and then, and cuts those that it is told to. */
export async function startBreakableProxy(port: number): Promise<BreakableProxy> {
  const awaited: Cut[] = [];
  const open = new Set<Socket>();
  let isAway = false;
  const server = createServer((client) => {
    if (isAway) return client.destroy();
    open.add(client);
    client.on('close', () => open.delete(client));
    pass(client, port, awaited);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cutNext: (moment, skipped) => new Promise((happened) => void awaited.push({ moment, skipped, happened })),
    async goAway(ms) {
      isAway = true;
      for (const client of open) client.destroy();
      await elapsed(ms);
      isAway = false;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Whether a request begins here; long ones come in many pieces. */
function isBeginning(bytes: Buffer): boolean {
  return /^(GET|POST|PUT|DELETE) \//.test(bytes.toString('latin1', 0, 10));
}

/** The cut that is due now; the first one waits for its turn. */
function takeDue(awaited: Cut[]): Cut | undefined {
  const [first] = awaited;
  if (!first) return undefined;
  if (first.skipped === 0) return awaited.shift();
  first.skipped -= 1;
  return undefined;
}

function pass(client: Socket, port: number, awaited: Cut[]): void {
  const server = connect(port, '127.0.0.1');
  const both = [client, server];
  /** What the request under way will meet. */
  let cut: Cut | undefined;
  const destroy = () => {
    for (const socket of both) socket.destroy();
    // The connection has ended by itself: the next one meets it.
    if (cut) awaited.unshift(cut);
    cut = undefined;
  };
  for (const socket of both) socket.on('error', destroy).on('close', destroy).setNoDelay();
  const perform = ({ happened }: Cut) => {
    cut = undefined;
    destroy();
    happened();
  };
  client.on('data', (bytes) => {
    if (isBeginning(bytes)) cut ??= takeDue(awaited);
    if (cut?.moment === 'before') return perform(cut);
    const isTaken = server.write(bytes, () => cut?.moment === 'during' && perform(cut));
    if (isTaken) return;
    client.pause();
    server.once('drain', () => client.resume());
  });
  server.on('data', (bytes) => {
    if (cut?.moment === 'after') return perform(cut);
    if (client.write(bytes)) return;
    server.pause();
    client.once('drain', () => server.resume());
  });
  client.on('end', () => server.end());
  server.on('end', () => client.end());
}
