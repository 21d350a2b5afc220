import { constants } from 'node:sqlite';
import { createHranaServer } from '@trainer/libsql/hrana/server';
import { FileGone } from '../../db/storage-fault.ts';
import { realClock } from '../real-clock.ts';
import { keepIdentity } from './file-identity.ts';
import { filePlace, openHandle } from './open-database.ts';
import { type Served, serveFetch } from './serve-app.ts';

/**
 * Serves a database file to libSQL clients over HTTP; answers once it listens. Throws when the file cannot be
 * opened or the port is taken.
 */
export async function serveDatabase(
  path: string,
  { authToken, ...where }: { host: string; port: number; authToken: string | undefined },
): Promise<Served> {
  // Here, so that a file which cannot be opened is known at the start.
  openServed(path).close();
  const hrana = createHranaServer({
    open: () => openServed(path),
    place: filePlace(path),
    authToken,
    sleep: realClock.sleep,
  });
  const check = keepIdentity(path);
  const served = await serveFetch((request) => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof FileGone)) throw error;
      return Response.json({ message: error.message, code: 'SQLITE_READONLY_DBMOVED' }, { status: 503 });
    }
    return hrana.fetch(request);
  }, where);
  return {
    ...served,
    close: async () => {
      await served.close();
      hrana.close();
    },
  };
}

/**
 * A connection whose user may come from elsewhere: statements reach no other file of this machine. What is deleted is overwritten
 * with zeros, because a catalog may forget people for good.
 */
function openServed(path: string) {
  const handle = openHandle(path);
  handle.exec('PRAGMA secure_delete = ON');
  // VACUUM INTO attaches too; a plain VACUUM attaches a nameless file.
  handle.setAuthorizer((action, file) =>
    action === constants.SQLITE_ATTACH && file !== '' ? constants.SQLITE_DENY : constants.SQLITE_OK,
  );
  return handle;
}
