import type { Client } from '@libsql/client/web';
import { drizzle } from 'drizzle-orm/libsql/http';
import * as configSchema from './schema/config.ts';
import * as exclusionsSchema from './schema/exclusions.ts';
import * as hooksSchema from './schema/hooks.ts';
import * as logsSchema from './schema/logs.ts';
import * as questionsSchema from './schema/questions.ts';
import * as reviewsSchema from './schema/reviews.ts';
import * as runsSchema from './schema/runs.ts';
import * as schedulesSchema from './schema/schedules.ts';
import * as sourcesSchema from './schema/sources.ts';
import * as tokensSchema from './schema/tokens.ts';
import * as versionsSchema from './schema/versions.ts';

/** Every table, for drizzle and for the test that holds them to the migrations. */
export const schema = {
  ...configSchema,
  ...exclusionsSchema,
  ...hooksSchema,
  ...logsSchema,
  ...questionsSchema,
  ...reviewsSchema,
  ...runsSchema,
  ...schedulesSchema,
  ...sourcesSchema,
  ...tokensSchema,
  ...versionsSchema,
};

/**
 * Puts drizzle on a client. Interactive transactions are not used anywhere: a statement, or `db.batch`, is
 * what works alike on a file and over HTTP.
 */
export function openDatabase(client: Client) {
  return drizzle({ client, schema, casing: 'snake_case' });
}

export type Database = ReturnType<typeof openDatabase>;
