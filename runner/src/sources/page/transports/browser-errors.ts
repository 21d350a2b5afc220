/** The program that holds the browser (FlareSolverr, Chrome) does not answer. It may be restarting, so it is waited for. */
export class BrowserAway extends Error {
  override name = 'BrowserAway';
}

/** A browser or its tab ended in the middle of a page. The next attempt takes a new one. */
export class BrowserDied extends Error {
  override name = 'BrowserDied';
}

/** System and undici codes of connections that were refused, broken off, or whose host has no address at present. */
const AWAY =
  /^(?:ECONN|EHOST|ENET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT|RES_|ABORTED))/;

/** Whether an error says that a program on the network is away, as one does that is being restarted. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return AWAY.test(code) || isAway(error.cause);
}
