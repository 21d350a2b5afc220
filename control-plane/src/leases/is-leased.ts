import { type SQL, sql } from 'drizzle-orm';
import { tasks } from '../db/schema/runs.ts';

/**
 * Tasks that somebody holds, or held when last looked at. The word stands in the text, because SQLite uses a partial
 * index only where it can read its condition.
 */
export const isLeased: SQL = sql`${tasks.status} = 'leased'`;
