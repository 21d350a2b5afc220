import type { CallOptions } from '@trainer/contract/client';
import { progressSchema } from '@trainer/contract/progress';
import { type RouteKey, routeOf } from '@trainer/contract/routes';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { asLater, readRecorded } from '../../../e2e/protocol/read-recorded.ts';
import { openCheckpoint } from '../progress/checkpoint.ts';
import { readCursor } from '../sources/stash-box/cursor.ts';
import { createApi } from './api.ts';

const { exchanges, rows } = readRecorded(1);

/** Answers of the control plane that the runner and the command line read: as recorded, and as a later release would say them. */
const answers = Object.entries(exchanges).flatMap(([name, { route, answer }]) =>
  routeOf(route).response instanceof z.ZodType
    ? [[name, 'older', route, answer] as const, [name, 'newer', route, asLater(answer)] as const]
    : [],
);

/** What of the recorded row is compared. */
const storedBookmark = z.object({
  limits: z.object({ source: z.int(), total: z.int() }),
  policy: z.string(),
  policySince: z.string(),
  cursor: z.object({ syncedAt: z.string(), fullScanOf: z.string() }),
});

/** The call as untyped as a recording is. */
type LooseCall = (key: RouteKey, request: CallOptions) => Promise<unknown>;

it.each(answers)('the answer to %s of a control plane that is %s is read', async (_, __, route, answer) => {
  const call = createApi({
    baseUrl: 'http://control-plane.test',
    fetch: async () => Response.json(answer),
  }) as LooseCall;
  const nothing: CallOptions & { params: object } = { params: {} };
  expect(await call(route, nothing)).toBeTypeOf('object');
});

it('states its protocol and release with every request', async () => {
  let seen: Headers | undefined;
  const call = createApi({
    baseUrl: 'http://control-plane.test',
    fetch: async (_, init) => {
      seen = new Headers(init?.headers);
      return Response.json(exchanges.status?.answer);
    },
  });
  await call('GET /api/status');
  expect(seen?.get('stash-sense-protocol')).toBe('1');
  expect(seen?.get('stash-sense-program')).toMatch(/^runner\/\d+\.\d+\.\d+/);
});

it.each([
  ['older', (value: unknown) => value],
  ['newer', asLater],
])('what a catalog of a runner that is %s has stored is read', (_, say) => {
  const stored = storedBookmark.parse(rows.cursor?.value);
  // A bookmark that cannot be read begins the source anew, with the date of today.
  const { checkpoint, needsFullScan } = openCheckpoint(say(rows.cursor?.value), stored, new Date());
  expect(checkpoint.policySince).toBe(stored.policySince);
  expect(needsFullScan).toBe(false);
  expect(readCursor(checkpoint.cursor)).toMatchObject(stored.cursor);
  expect(progressSchema.parse(say(rows.task_progress?.counters))).toMatchObject({ performers_processed: 2 });
});
