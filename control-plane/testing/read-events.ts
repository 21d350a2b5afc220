import { type StoredLogLine, storedLogLineSchema } from '@trainer/contract/logs';

/** Reads an event stream as a browser does, one piece of the body at a time. */
export function readEvents(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error(`The answer (${response.status}) has no body`);
  let rest = '';

  /** The next complete blocks; null at the end. */
  async function blocks(): Promise<string[] | null> {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || value === undefined) return null;
    const pieces = (rest + value).split('\n\n');
    rest = pieces.pop() ?? '';
    return pieces;
  }

  /** At least `count` lines, more when they came together. */
  async function lines(count: number): Promise<StoredLogLine[]> {
    const found: StoredLogLine[] = [];
    while (found.length < count) {
      const more = await blocks();
      if (!more) break;
      found.push(...more.flatMap(toLine));
    }
    return found;
  }

  return { blocks, lines, cancel: () => reader.cancel() };
}

function toLine(block: string): StoredLogLine[] {
  const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(block) ?? [];
  if (data === undefined) return [];
  const line = storedLogLineSchema.parse(JSON.parse(data));
  if (String(line.id) !== id) throw new Error(`The event ${id} carries line ${line.id}`);
  return [line];
}
