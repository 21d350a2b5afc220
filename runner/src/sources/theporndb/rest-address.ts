/**
 * Where the REST interface begins. Older setups wrote the endpoint under which Stash knows ThePornDB into the variable
 * (`https://theporndb.net/graphql`); no data come from there, so it means the usual address.
 */
export function restAddress(configured: string | undefined, usual: string): string {
  if (configured === undefined) return usual;
  const host = new URL(configured).hostname.replace(/^www\./, '');
  return ['theporndb.net', 'metadataapi.net'].includes(host) ? usual : configured;
}
