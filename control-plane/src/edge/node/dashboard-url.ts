import type { NodeSettings } from './settings.ts';

/** The address to give to people: `PUBLIC_URL`, or where we listen, as seen from this machine. */
export function dashboardUrl({ HOST, PUBLIC_URL }: NodeSettings, port: number): string {
  if (PUBLIC_URL) return PUBLIC_URL;
  const isEverywhere = HOST === '0.0.0.0' || HOST === '::';
  const host = isEverywhere ? 'localhost' : HOST.includes(':') ? `[${HOST}]` : HOST;
  return `http://${host}:${port}`;
}
