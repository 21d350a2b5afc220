/**
 * Takes the one-time code out of `/login#code=…` and the address, at once, so that it stays neither in the address
 * bar nor in the history. Null when the address holds none.
 */
export function takeCode(
  { pathname, hash }: Pick<Location, 'pathname' | 'hash'>,
  history: Pick<History, 'replaceState'>,
): string | null {
  if (pathname !== '/login') return null;
  const code = new URLSearchParams(hash.slice(1)).get('code');
  if (code !== null) history.replaceState(null, '', '/login');
  return code;
}
