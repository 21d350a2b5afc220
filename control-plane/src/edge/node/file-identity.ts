import { statSync } from 'node:fs';
import type { Client } from '@libsql/client/web';
import { FileGone } from '../../db/storage-fault.ts';

/**
 * Remembers which file (or folder) is at `path` now. SQLite goes on writing into a file that was deleted, and a folder made anew
 * looks like a usable one: what is stored there then is lost at the next start.
 *
 * @returns what throws {FileGone} once the file was deleted or replaced
 */
export function keepIdentity(path: string): () => void {
  const before = statSync(path, { bigint: true });
  return () => {
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (now?.ino === before.ino && now.dev === before.dev) return;
    throw new FileGone(
      `${path} was ${now ? 'replaced' : 'deleted'} while the program ran. Put back what was there, then start it again`,
    );
  };
}

/** A client that calls `check` before each use of the database; what it throws is the answer. */
export function checkedClient(client: Client, check: () => void): Client {
  const checked =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      check();
      return method(...args);
    };
  // One function with two shapes of arguments: its own types know both.
  const execute: Client['execute'] = async (...args: [never, never?]) => {
    check();
    return client.execute(...args);
  };
  return {
    execute,
    batch: checked((...args: Parameters<Client['batch']>) => client.batch(...args)),
    migrate: checked((...args: Parameters<Client['migrate']>) => client.migrate(...args)),
    transaction: checked((...args: Parameters<Client['transaction']>) => client.transaction(...args)),
    executeMultiple: checked((sql: string) => client.executeMultiple(sql)),
    sync: () => client.sync(),
    close: () => client.close(),
    reconnect: () => client.reconnect(),
    get closed() {
      return client.closed;
    },
    protocol: client.protocol,
  };
}
