import type { ComponentChildren } from 'preact';

export interface Column<T> {
  label: string;
  cell: (row: T) => ComponentChildren;
  numeric?: boolean;
  /** Takes the room that is left, and wraps. */
  wide?: boolean;
}

/** What a row has to say beside its figures: a line of its own under them. */
interface Remark<T> {
  label: string;
  cell: (row: T) => ComponentChildren;
}

interface Props<T> {
  /** Read out, not shown. */
  caption: string;
  columns: readonly Column<T>[];
  remark?: Remark<T>;
  rows: readonly T[];
  keyOf: (row: T) => string | number;
}

/** A table that becomes a list of cards where the screen is narrow; the first column names the row. */
export function Table<T>({ caption, columns, remark, rows, keyOf }: Props<T>) {
  return (
    <div class="table-frame">
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" class={classOf(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        {rows.map((row) => (
          <tbody key={keyOf(row)}>
            <tr>{columns.map((column, index) => cell(column, row, index === 0))}</tr>
            {remark && remarkLine(remark, row, columns.length)}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function remarkLine<T>({ label, cell }: Remark<T>, row: T, columns: number) {
  const content = cell(row);
  if (isBlank(content)) return null;
  return (
    <tr>
      <td class="remark" colSpan={columns} data-label={label}>
        {content}
      </td>
    </tr>
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
  const blank = isBlank(content) ? 'blank' : '';
  return (
    <td key={column.label} class={`${classOf(column)} ${blank}`} data-label={column.label}>
      {content}
    </td>
  );
}

function isBlank(content: ComponentChildren): boolean {
  return content === null || content === undefined || content === false || content === '';
}

function classOf<T>({ numeric, wide }: Column<T>): string {
  return numeric ? 'numeric' : wide ? 'wide' : '';
}
