import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { sampleRecord, testDeps, uuid } from '../../testing/catalog/samples.ts';
import { startLibsqlServer } from '../../testing/start-libsql-server.ts';
import { startWebServer } from '../../testing/start-web-server.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { connectCatalog, originOf } from './connect-catalog.ts';
import { findRecord } from './find-record.ts';

const TOKEN = 'a token for tests';
const serve = () => startLibsqlServer(join(freshFolder(), 'catalog.db'), TOKEN);
const connect = (url: string, authToken: string | undefined = TOKEN, newId = testDeps.newId) =>
  connectCatalog({ url, authToken }, { ...testDeps, newId });

describe('a catalog on a libSQL server', () => {
  it('is one and the same for all who open it, also when it is made at that moment', async () => {
    await using server = await serve();
    const names = ['one', 'two', 'three'];
    const catalogs = await Promise.all(names.map((name) => connect(server.url, TOKEN, () => name)));
    expect(new Set(catalogs.map(({ id }) => id)).size).toBe(1);
    const writers = catalogs.map((catalog) => catalog.forOwner());
    for (const writer of writers.slice(0, 1)) {
      await commitPerformer(writer, { performer: sampleRecord(), images: [] });
    }
    for (const catalog of catalogs) {
      expect(await findRecord(catalog, 'stashdb', uuid(1))).not.toBeNull();
      catalog.close();
    }
  });

  it('is not opened with a wrong token, and the message says which setting is wrong', async () => {
    await using server = await serve();
    await expect(connect(server.url, 'wrong')).rejects.toThrow(
      new RegExp(
        `^The catalog at ${server.url} cannot be opened: .*\\. Set CATALOG_AUTH_TOKEN to what the server wants`,
      ),
    );
  });

  it('is not waited for while it is opened', async () => {
    await using nobody = await startWebServer((_, response) => response.writeHead(503).end('later'));
    await expect(connect(nobody.origin)).rejects.toThrow(
      /cannot be opened: Server returned HTTP status 503: later$/,
    );
    expect(nobody.requests).toHaveLength(1);
    await expect(connect('http://127.0.0.1:1')).rejects.toThrow(
      /^The catalog at http:\/\/127\.0\.0\.1:1 cannot be opened: /,
    );
  });

  it('is not opened where nothing enforces foreign keys', async () => {
    await using server = await startLibsqlServer(
      join(freshFolder(), 'catalog.db'),
      undefined,
      'PRAGMA foreign_keys = OFF',
    );
    await expect(connect(server.url)).rejects.toThrow('the server does not enforce foreign keys');
  });
});

it('shows nobody what an address may hide', () => {
  expect(originOf('libsql://me:secret@catalog.example/path?tls=0')).toBe('libsql://catalog.example');
});
