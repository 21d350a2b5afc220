import { openDatabase } from '../db/open.ts';
import { openDatabaseFile } from '../edge/node/open-database.ts';
import { claimTask } from '../leases/claim-task.ts';
import { aRunner } from './a-runner.ts';

/** A process of its own: claims from the database file until nothing is left, and prints the ids. */
const [, , path = '', name = ''] = process.argv;
const client = openDatabaseFile(path);
const claimed: string[] = [];
for (;;) {
  const [task] = await claimTask(openDatabase(client), aRunner({ runner_id: name, name }), [], Date.now());
  if (!task) break;
  claimed.push(task.id);
}
client.close();
console.log(JSON.stringify(claimed));
