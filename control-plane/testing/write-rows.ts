import { sql } from 'drizzle-orm';
import { openDatabase } from '../src/db/open.ts';
import { openDatabaseFile } from '../src/edge/node/open-database.ts';

/** A process of its own: writes rows, alone and in batches, and prints each number once it was acknowledged. */
const [, , path = '', name = '', count = '0'] = process.argv;
const db = openDatabase(openDatabaseFile(path));
for (let number = 0; number < Number(count); number += 2) {
  await db.run(sql`INSERT INTO written (writer, number) VALUES (${name}, ${number})`);
  console.log(number);
  await db.batch([
    db.run(sql`INSERT INTO written (writer, number) VALUES (${name}, ${number + 1})`),
    db.run(sql`UPDATE written SET number = number WHERE writer = ${name}`),
  ]);
  console.log(number + 1);
}
// Not closed on purpose: an acknowledged write must not depend on it.
process.exit(0);
