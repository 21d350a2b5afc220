import type { ComponentChildren } from 'preact';

export interface Column<T> {
  label: string;
  cell: (row: T) => ComponentChildren;
  numeric?: boolean;
  /** Takes the room that is left, and wraps. */
  wide?: boolean;
}

interface Props<T> {
  /** Read out, not shown. */
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string | number;
}

/** A table that becomes a list of cards where the screen is narrow; the first column names the row. */
export function Table<T>({ caption, columns, rows, keyOf }: Props<T>) {
  return (
    <div class="table-frame">
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" class={classOf(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>{columns.map((column, index) => cell(column, row, index === 0))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cell<T>(column: Column<T>, row: T, isName: boolean) {
  const content = column.cell(row);
  if (isName) {
    return (
      <th key={column.label} scope="row">
        {content}
      </th>
    );
  }
  // An empty cell would be a card line that says nothing.
  const empty = content === null || content === false || content === '' ? 'blank' : '';
  return (
    <td key={column.label} class={`${classOf(column)} ${empty}`} data-label={column.label}>
      {content}
    </td>
  );
}

function classOf<T>({ numeric, wide }: Column<T>): string {
  return numeric ? 'numeric' : wide ? 'wide' : '';
}
