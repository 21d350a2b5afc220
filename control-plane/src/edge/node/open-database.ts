import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@libsql/client/web';
import { libsqlClient } from '@trainer/shared/libsql';
import { checkedClient, keepIdentity } from './file-identity.ts';

/**
 * Opens (or makes) the database file. Every commit reaches the disk before it is acknowledged: home servers lose
 * power at night, and a grant that the database forgets while its runner lives would give the same fencing number
 * out twice. The price is a flush per write (see `bench/leases.ts`), and runners make a few writes a second.
 *
 * Every use of the client throws `FileGone` once the file was deleted or replaced.
 *
 * @param path a file, or `:memory:`
 */
export function openDatabaseFile(path: string): Client {
  const client = libsqlClient(openHandle(path), (ms) => setTimeout(ms));
  return path === ':memory:' ? client : checkedClient(client, keepIdentity(path));
}

/** The same as a bare connection. */
export function openHandle(path: string): DatabaseSync {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  // Whoever uses it waits for other processes without blocking the event loop.
  const handle = new DatabaseSync(path, { timeout: 0 });
  handle.exec('PRAGMA journal_mode = WAL');
  handle.exec('PRAGMA synchronous = FULL');
  handle.exec('PRAGMA foreign_keys = ON');
  return handle;
}
