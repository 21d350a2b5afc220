/** Space, comments and empty statements, each in one way only, so that no text takes long to judge. */
const BLANK = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*(?:(?!\*\/)[\s\S])*(?:\*\/|$))*/;

/** `sql` from its first statement on; empty when there is none. */
export function withoutBlanks(sql: string): string {
  return sql.replace(BLANK, '');
}
