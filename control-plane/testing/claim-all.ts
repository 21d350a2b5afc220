import { once } from 'node:events';
import { openDatabase } from '../src/db/open.ts';
import { claimTask } from '../src/leases/claim-task.ts';
import { aRunner } from './a-runner.ts';
import { connectTestDatabase } from './open-test-database.ts';

/**
 * A process of its own: claims one task from a test's database, says so, waits for its input, and then claims until nothing
 * is left. It prints the ids.
 */
const [, , address = '', name = ''] = process.argv;
const client = connectTestDatabase(address);
const db = openDatabase(client);
const claimed: string[] = [];

/** Leases never lapse, because time stands still. */
async function claim(): Promise<boolean> {
  try {
    const [task] = await claimTask(db, aRunner({ runner_id: name, name }), [], 1_000);
    if (task) claimed.push(task.id);
    return task !== undefined;
  } catch (error) {
    // The others may hold the lock for longer than a statement waits when the machine is busy.
    if (error instanceof Error && /SQLITE_BUSY|database is locked/.test(String(error.cause ?? error)))
      return true;
    throw error;
  }
}

while (claimed.length === 0) await claim();
console.log('begun');
await once(process.stdin, 'data');
process.stdin.destroy();
while (await claim());
client.close();
console.log(JSON.stringify(claimed));
