/**
 * One normal form for the paths of addresses and of rules, in which equal paths are equal strings (RFC 9309, 2.2.2).
 *
 * Letters, digits, `-._~/` stand as themselves, also where they came escaped; every other octet is escaped, also where it
 * came bare. The signs that divide a query, `?&=`, mean something else when they are escaped, so they stay as they came.
 *
 * @param octets text of which every character is one octet (latin1); what `URL` gives is ASCII
 */
export function normalisePath(octets: string): string {
  return octets.replace(/%[0-9a-f]{2}|[^\w\-.~/?&=]/gi, (found) => {
    const octet = found.length === 3 ? Number.parseInt(found.slice(1), 16) : found.charCodeAt(0);
    const character = String.fromCharCode(octet);
    return /[\w\-.~/]/.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** The path of an `Allow` or `Disallow` line. */
export interface PathPattern {
  /** Octets of the pattern in normal form: of two rules that match, the longer one holds. */
  length: number;
  /** @param path in normal form */
  matches(path: string): boolean;
}

/**
 * Reads a rule's path: `*` stands for any octets, `$` at the end for the end of the address.
 *
 * A match takes time in proportion to the path, and remembers nothing but a place in it: every piece between stars is
 * looked for behind the one before, and the first place is as good as any later one.
 *
 * @param octets the rule as it stands in the file, every character one octet
 */
export function readPattern(octets: string): PathPattern {
  const isToTheEnd = octets.endsWith('$');
  const [first = '', ...pieces] = (isToTheEnd ? octets.slice(0, -1) : octets).split('*').map(normalisePath);
  const last = isToTheEnd ? pieces.pop() : undefined;

  function matches(path: string): boolean {
    if (!path.startsWith(first)) return false;
    let at = first.length;
    for (const piece of pieces) {
      const found = path.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    if (!isToTheEnd) return true;
    if (last === undefined) return at === path.length;
    return path.length - last.length >= at && path.endsWith(last);
  }

  const signs = pieces.length + (last === undefined ? 0 : 1) + (isToTheEnd ? 1 : 0);
  return { length: [first, ...pieces, last ?? ''].join('').length + signs, matches };
}
