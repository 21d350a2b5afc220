import { type Restarts, restartsSchema } from './leases.ts';

/** What the supervisor of `npm start` says in `SUPERVISED` of a program's former ends; undefined when it was not started again. */
export function parseRestarts(text: string | undefined): Restarts | undefined {
  const read = restartsSchema.safeParse(parseJson(text ?? ''));
  return read.success ? read.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
