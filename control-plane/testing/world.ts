import { z } from 'zod';
import type { OwnLine, Timings } from '../src/context/deps.ts';
import type { WorkerSettings } from '../src/edge/workers/settings.ts';
import type {
  ByteRange,
  ObjectDigest,
  ObjectPart,
  ObjectUpload,
  PartReceipt,
} from '../src/objects/object-store.ts';

/**
 * How tests speak to the one workerd that all of them share. Each test has a world in it: a database, objects, a hub
 * and a clock of its own. Every request names its world and says what time it is there; a command is a `POST` to
 * `commandPath` with JSON, and answers with JSON.
 */
export const worldHeader = 'x-test-world';
/** How often the clock was moved, and the milliseconds since 1970 that it shows: `3 1767225600000`. */
export const nowHeader = 'x-test-now';
export const commandPath = '/test/command';

export type Command =
  /** Begins the world, or begins it anew as a new isolate would: nothing but database and objects is kept. */
  | {
      do: 'open';
      database: { url: string; authToken: string };
      timings: Partial<Timings>;
      publicUrl?: string;
    }
  /** Begins a world whose requests go to the Worker as it is deployed; of the commands it knows `look` alone. */
  | { do: 'deploy'; secrets: Partial<WorkerSettings> }
  | { do: 'look' }
  /** Time has passed: the headers say so. */
  | { do: 'move on' }
  | { do: 'record'; lines: OwnLine[] }
  /** Does a chore of `edge/housekeeping.ts`; answers with what it answered. */
  | { do: 'keep house'; what: string }
  /** Does what belongs to a cron trigger. */
  | { do: 'trigger'; cron: string }
  /** Ends the hub, without a word to those who wait. */
  | { do: 'end hub' }
  | { do: 'list objects' }
  | { do: 'close' };

/** A `POST` to `objectsPath` with one of these in the header `objectCallHeader` calls the world's version store. */
export const objectsPath = '/test/objects';
export const objectCallHeader = 'x-test-object-call';

export type ObjectCall =
  | { do: 'begin'; key: string }
  /** With the bytes as body. */
  | { do: 'put part'; upload: ObjectUpload; part: ObjectPart }
  | { do: 'complete'; upload: ObjectUpload; whole: ObjectDigest; receipts: readonly PartReceipt[] }
  | { do: 'abort'; upload: ObjectUpload }
  /** Answers with the bytes as body, their whole size in `sizeHeader`; 204 when there is none. */
  | { do: 'read'; key: string; range?: ByteRange }
  | { do: 'delete'; keys: readonly string[] }
  | { do: 'check' };

/** Bytes. */
export const sizeHeader = 'x-test-size';

/** What a store refuses, with status 422. */
export const refusalSchema = z.object({
  kind: z.enum(['lost', 'too-long', 'too-short', 'hash']),
  message: z.string(),
});

/** The answer to `look` and `close`. */
export const seenSchema = z.object({
  /** Waits for time to pass. */
  sleepers: z.int(),
  /** The program's log: `warn The hub does not answer`. */
  logged: z.array(z.string()),
  /** Work under way that outlives its answer. */
  outliving: z.int(),
  /** Whatever needed the most subrequests so far: `POST /api/build/start`. */
  costliest: z.object({ what: z.string(), subrequests: z.int() }),
});
export type Seen = z.infer<typeof seenSchema>;
