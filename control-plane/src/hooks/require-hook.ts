import type { Database } from '../db/open.ts';
import { ProblemError } from '../http/problem-error.ts';
import { findHook, type HookRow } from './store.ts';

/** @throws {ProblemError} `not_found` */
export async function requireHook(db: Database, id: number): Promise<HookRow> {
  const hook = await findHook(db, id);
  if (!hook) throw new ProblemError('not_found', `There is no hook ${id}.`);
  return hook;
}
