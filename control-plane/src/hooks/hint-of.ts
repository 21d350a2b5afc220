/** Shorter ends are not shown: four characters of them would be most of the secret. */
const LONG_ENOUGH = 16;

/**
 * So much of an address is shown: its host, and the last four characters of a path that stays secret without them. Nothing
 * of a query, which may hold anything.
 */
export function hintOf(address: string): string {
  const { host, pathname, search } = new URL(address);
  if (pathname === '/' && search === '') return host;
  const last = pathname.replace(/\/$/, '').split('/').at(-1) ?? '';
  return last.length < LONG_ENOUGH ? `${host}/…` : `${host}/…${last.slice(-4)}`;
}
