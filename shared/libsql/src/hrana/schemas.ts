import { z } from 'zod';

/**
 * What a client of Hrana 2 over HTTP sends (libsql's docs/HRANA_3_SPEC.md, the JSON encoding; version 2 has the
 * same requests). Checked once per request; unknown fields are left out.
 */

const valueSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('null') }),
  // As text, because JSON numbers have 53 bits.
  z.object({
    type: z.literal('integer'),
    value: z.string().regex(/^-?\d{1,19}$/, 'expected an integer as text'),
  }),
  z.object({
    type: z.literal('float'),
    value: z.number('expected a finite number: JSON carries neither Infinity nor NaN'),
  }),
  z.object({ type: z.literal('text'), value: z.string() }),
  z.object({ type: z.literal('blob'), base64: z.string() }),
]);

const sqlSchema = z.object({ sql: z.string().nullish(), sql_id: z.int().nullish() });

const statementSchema = sqlSchema.extend({
  args: z.array(valueSchema).default([]),
  named_args: z.array(z.object({ name: z.string(), value: valueSchema })).default([]),
  want_rows: z.boolean().nullish(),
});

const conditionSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ok', 'error']), step: z.int().min(0) }),
  z.object({
    type: z.literal('not'),
    get cond() {
      return conditionSchema;
    },
  }),
  z.object({
    type: z.enum(['and', 'or']),
    get conds() {
      return z.array(conditionSchema);
    },
  }),
  z.object({ type: z.literal('is_autocommit') }),
]);

const batchSchema = z.object({
  steps: z.array(z.object({ condition: conditionSchema.nullish(), stmt: statementSchema })),
});

const streamRequestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('execute'), stmt: statementSchema }),
  z.object({ type: z.literal('batch'), batch: batchSchema }),
  sqlSchema.extend({ type: z.literal('sequence') }),
  sqlSchema.extend({ type: z.literal('describe') }),
  z.object({ type: z.literal('store_sql'), sql_id: z.int(), sql: z.string() }),
  z.object({ type: z.literal('close_sql'), sql_id: z.int() }),
  z.object({ type: z.literal('get_autocommit') }),
  z.object({ type: z.literal('close') }),
]);

export const pipelineSchema = z.object({
  baton: z.string().nullish(),
  requests: z.array(streamRequestSchema),
});

export type HranaValue = z.output<typeof valueSchema>;
export type HranaSql = z.output<typeof sqlSchema>;
export type HranaStatement = z.output<typeof statementSchema>;
export type HranaCondition = z.output<typeof conditionSchema>;
export type HranaBatch = z.output<typeof batchSchema>;
export type HranaRequest = z.output<typeof streamRequestSchema>;
