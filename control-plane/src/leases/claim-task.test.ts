// Runs in the project http too.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { aRunner } from '../../testing/a-runner.ts';
import { openTestDatabase } from '../../testing/open-test-database.ts';
import { seedTasks } from '../../testing/seed-tasks.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { readMigrations } from '../edge/node/open-database.ts';
import { claimTask } from './claim-task.ts';

async function database(path?: string) {
  const { client, address, close } = await openTestDatabase({ path });
  await migrate(client, readMigrations(), 0);
  onTestFinished(close);
  return { db: openDatabase(client), address };
}

describe('claiming', () => {
  it('gives 48 that claim at once 48 different tasks', async () => {
    const { db } = await database();
    await seedTasks(db, 48);
    const claims = Array.from({ length: 50 }, (_, index) =>
      claimTask(db, aRunner({ runner_id: `runner-${index}` }), [], 1_000),
    );
    const tasks = (await Promise.all(claims)).flat();
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(48);
    expect(tasks).toHaveLength(48);
    expect(new Set(tasks.map(({ fence }) => fence))).toEqual(new Set([1]));
  });

  it('never gives two processes on one database the same task', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'claim-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { db, address } = await database(join(folder, 'control-plane.db'));
    await seedTasks(db, 200);
    const program = join(import.meta.dirname, '../../testing/claim-all.ts');
    const processes = ['a', 'b', 'c', 'd'].map((name) => {
      const child = spawn(process.execPath, [program, address, name], { stdio: ['pipe', 'pipe', 'inherit'] });
      return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
    });
    // Each has claimed one before any claims the rest, however late it was started.
    await Promise.all(processes.map(({ lines }) => lines.next()));
    for (const { child } of processes) child.stdin.write('go');
    const claimed = await Promise.all(
      processes.map(async ({ lines }) =>
        z.array(z.string()).parse(JSON.parse(String((await lines.next()).value))),
      ),
    );
    expect(claimed.flat()).toHaveLength(200);
    expect(new Set(claimed.flat()).size).toBe(200);
  });

  it('looks through the tasks that are free, and not through all that ever were', async () => {
    const { db } = await database();
    await seedTasks(db, 1);
    const statement = claimTask(db, aRunner(), [], 0).getSQL();
    const plan = await db.all<{ detail: string }>(sql`EXPLAIN QUERY PLAN ${statement}`);
    expect(plan.map(({ detail }) => detail).join('\n')).toMatch(/candidate USING INDEX tasks_claimable/);
  });
});
