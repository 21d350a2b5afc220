import { resolve } from 'node:path';
import { keepFilesPrivate } from '@trainer/contract/private-files';
import { withCauses } from '../../http/with-causes.ts';
import { printLine } from '../print-line.ts';
import { readLibsqlServerSettings } from './libsql-server-settings.ts';
import { endOnUncaughtError, signalled } from './process-end.ts';
import { serveDatabase } from './serve-database.ts';

/** Serves one database file as a libSQL server until it is told to end. */
async function main(): Promise<void> {
  const settings = readLibsqlServerSettings(process.env);
  keepFilesPrivate(process.env);
  const file = resolve(settings.DATA_DIR, settings.LIBSQL_FILE);
  const served = await serveDatabase(file, {
    host: settings.LIBSQL_HOST,
    port: settings.LIBSQL_PORT,
    authToken: settings.LIBSQL_AUTH_TOKEN,
  });
  const host = settings.LIBSQL_HOST.includes(':') ? `[${settings.LIBSQL_HOST}]` : settings.LIBSQL_HOST;
  printLine('info', `The libSQL server answers at http://${host}:${served.port}`, { file });
  const signal = await signalled();
  printLine('info', `Ending on ${signal}`);
  await served.close();
}

endOnUncaughtError('The libSQL server');
try {
  await main();
} catch (error) {
  printLine('error', `The libSQL server cannot run: ${withCauses(error)}`);
  process.exitCode = 1;
}
