import { type Client, createClient } from '@libsql/client/web';
export function httpDatabaseClient(config: { url: string; authToken?: string }): Client {
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
    execute: (...args: [never]) => once((client) => client.execute(...args)),
    batch: (...args) => once((client) => client.batch(...args)),
    migrate: (...args) => once((client) => client.migrate(...args)),
    transaction: async () => {
      throw new Error('no transactions');
    },
    executeMultiple: (...args) => once((client) => client.executeMultiple(...args)),
    sync: async () => undefined,
    reconnect() {},
    close() {},
  } as Client;
}
