import { type Program, startProgram, stopFirst } from './program.ts';

export interface LibsqlServer extends Program {
  /** `http://127.0.0.1:8081` */
  readonly url: string;
  readonly authToken: string;
}

/** Starts a libSQL server on loopback that serves a file in `dataDir`, and waits until it answers. */
export async function startLibsqlServer(dataDir: string): Promise<LibsqlServer> {
  const authToken = 'a token for end-to-end tests';
  const program = startProgram({
    name: 'libSQL server',
    args: ['control-plane/src/edge/node/libsql-server.ts'],
    env: { DATA_DIR: dataDir, LIBSQL_PORT: '0', LIBSQL_AUTH_TOKEN: authToken },
  });
  const [url] = await program.printed(/http:\/\/127\.0\.0\.1:\d+/).catch(stopFirst(program));
  return { ...program, url, authToken };
}
