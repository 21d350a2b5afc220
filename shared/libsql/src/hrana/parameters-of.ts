/** What may hold a `?` that is no parameter (strings, names, comments), or a parameter. */
const TOKENS = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*(?:(?!\*\/)[\s\S])*|\?(\d*)|[:@$]\w+/g;

/** The parameters of a statement in SQLite's numbering (sqlite.org/lang_expr.html#varparam): `?` has no name. */
export function parametersOf(sql: string): { name: string | null }[] {
  const names: (string | null)[] = [];
  for (const [token, number] of sql.matchAll(TOKENS)) {
    if (number === '') names.push(null);
    else if (number !== undefined) {
      while (names.length < Number(number)) names.push(null);
      names[Number(number) - 1] = token;
    } else if (/^[:@$]/.test(token) && !names.includes(token)) names.push(token);
  }
  return names.map((name) => ({ name }));
}
