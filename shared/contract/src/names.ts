/**
 * Names of lists that grow from release to release: statuses, kinds, events. A program may meet one that it does not know, and
 * carries and shows it as it is. This file loads no schema, because the browser needs it too.
 */

/** One of the names that this release knows, or one of a later release. */
export type OpenName<Known extends string> = Known | (string & {});

/** Whether this release knows the name: `table` has an entry for it. */
export function isNameIn<Table extends object>(table: Table, name: string): name is keyof Table & string {
  return Object.hasOwn(table, name);
}

/** What `table` says about the name, or `otherwise` where it knows nothing of it. */
export function entryOf<Entry>(
  table: Readonly<Record<string, Entry>>,
  name: string,
  otherwise: NoInfer<Entry>,
): Entry {
  return Object.hasOwn(table, name) ? (table[name] ?? otherwise) : otherwise;
}
