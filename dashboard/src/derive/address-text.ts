/** An address as people recognise it: `www.iafd.com/person.rme/id=7d2e`, cut where it gets long. */
export function addressText(address: string, maxLength = 60): string {
  const bare = address.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
  return bare.length > maxLength ? `${bare.slice(0, maxLength - 1)}…` : bare;
}

/** `stashdb.org:018f3a2b-0000-…`: enough to tell ids apart. */
export function shortId(id: string): string {
  const [domain = '', rest = ''] = id.split(/:(.*)/);
  return rest.length > 12 ? `${domain}:${rest.slice(0, 8)}…` : id;
}
