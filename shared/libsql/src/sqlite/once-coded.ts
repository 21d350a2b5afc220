/** `@libsql/client` puts the code of a failed batch over HTTP in front of a message that begins with it already. */
const REPEATED = /^([A-Z][A-Z_]+: )\1+/;

/** The message of a database error with its code once: `SQLITE_FULL: database or disk is full`. */
export function onceCoded(message: string): string {
  return message.replace(REPEATED, '$1');
}
