/** Shorter ends are not shown: four characters of them would be most of the secret. */
const LONG_ENOUGH = 16;

/** So much of an address is shown: its host, and the last four characters of an end that stays secret without them. */
export function hintOf(address: string): string {
  const { host, pathname, search } = new URL(address);
  const end = `${pathname}${search}`.replace(/\/$/, '');
  if (end === '') return host;
  const last = end.slice(end.lastIndexOf('/') + 1);
  return last.length < LONG_ENOUGH ? `${host}/…` : `${host}/…${last.slice(-4)}`;
}
