import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { runSequence, splitStatements } from './split-statements.ts';

const TRIGGER = `CREATE TRIGGER kept AFTER DELETE ON things WHEN old.id > 0
BEGIN
  -- Two statements; the second one has an END of its own.
  INSERT INTO things VALUES (old.id, 'kept; END;');
  UPDATE things SET name = CASE WHEN id = 1 THEN 'end;' ELSE name END;
END`;

/** Statements with what misleads: `;` in strings, names and comments, and everywhere in triggers. */
const STATEMENTS = [
  'CREATE TABLE things (id INTEGER, name TEXT)',
  `INSERT INTO things VALUES (1, 'it''s; fine'), (2, '-- no comment;')`,
  'CREATE TABLE "odd;name" (`a;b` TEXT, [c;d] TEXT)',
  'CREATE TABLE begin_end (id INTEGER) /* a comment; */ STRICT',
  TRIGGER,
  `${TRIGGER.replace('CREATE TRIGGER kept', 'create  temp\n/* why; not */ trigger also').replaceAll('END', 'end')}`,
  'CREATE INDEX things_name ON things (name) -- why;\n WHERE name IS NOT NULL',
  'DELETE FROM things WHERE id = 1',
];

describe('splitStatements', () => {
  it.each([
    ['one below the other', ';\n'],
    ['with empty lines between', ';\n\n'],
    ['on one line', '; '],
    ['with nothing between', ';'],
    ['with Windows line ends', ';\r\n\r\n'],
    ['with comments between', ';\n-- What follows; and why.\n/* Both; kinds */\n'],
    ['with empty statements between', ';; ;'],
  ])('gives each statement of a text that has them %s', (_, separator) => {
    expect(splitStatements(STATEMENTS.join(separator))).toEqual(STATEMENTS);
    expect(splitStatements(separator + STATEMENTS.join(separator) + separator)).toEqual(STATEMENTS);
  });

  it('ends each where SQLite does', async () => {
    const handle = new DatabaseSync(':memory:');
    const ends: string[] = [];
    const note = {
      exec: (sql: string) => handle.exec(sql),
      close: () => handle.close(),
      get isTransaction() {
        return handle.isTransaction;
      },
      prepare: (sql: string) => {
        const statement = handle.prepare(sql);
        ends.push(statement.sourceSQL.replace(/;$/, ''));
        return statement;
      },
    };
    await runSequence(note, STATEMENTS.join(';\n'), async (work) => work());
    expect(splitStatements(STATEMENTS.join(';\n'))).toEqual(ends);
    handle.close();
  });

  it('gives nothing of a text that has nothing but space and comments', () => {
    expect(splitStatements('\n-- Nothing;\n/* here; */ ;\n')).toEqual([]);
    expect(splitStatements('')).toEqual([]);
  });
});
