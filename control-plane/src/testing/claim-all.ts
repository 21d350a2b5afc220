import { openDatabase } from '../db/open.ts';
import { claimTask } from '../leases/claim-task.ts';
import { aRunner } from './a-runner.ts';
import { connectTestDatabase } from './open-test-database.ts';

/** A process of its own: claims from a test's database until nothing is left, and prints the ids. */
const [, , address = '', name = ''] = process.argv;
const client = connectTestDatabase(address);
const claimed: string[] = [];
for (;;) {
  const [task] = await claimTask(openDatabase(client), aRunner({ runner_id: name, name }), [], Date.now());
  if (!task) break;
  claimed.push(task.id);
}
client.close();
console.log(JSON.stringify(claimed));
