import { type Client, createClient } from '@libsql/client/http';

/**
 * A client of a libSQL server that keeps nothing between calls. In a Worker, a client that outlives the request
 * which made it lets requests wait on each other's promises, and they hang; this one may stand at module level.
 */
export function httpDatabaseClient(config: { url: string; authToken?: string | undefined }): Client {
  const once = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = createClient(config);
    try {
      return await work(client);
    } finally {
      client.close();
    }
  };
  return {
    closed: false,
    protocol: 'http',
    execute: (...args: Parameters<Client['execute']>) => once((client) => client.execute(...args)),
    // drizzle asks for "deferred" and then writes: taking the lock at once is what keeps a second writer from
    // failing it half way.
    batch: (statements, mode = 'write') =>
      once((client) => client.batch(statements, mode === 'deferred' ? 'write' : mode)),
    migrate: (statements) => once((client) => client.migrate(statements)),
    executeMultiple: (sql) => once((client) => client.executeMultiple(sql)),
    transaction: async () => {
      throw new Error(
        'Transactions over several requests are not used here: put the statements into a batch',
      );
    },
    sync: async () => undefined,
    reconnect: () => {},
    close: () => {},
  };
}
