/** One event of a stream; comments and other fields are passed over. */
export interface StreamEvent {
  /** Where the reader is then; null when the event does not say. */
  id: string | null;
  /** Null for an event that only says where the reader is, and how soon it may come back. */
  data: string | null;
  /** How long to wait before coming back after the stream's end, ms. */
  retryMs: number | null;
}

/** Reads server-sent events (WHATWG HTML, section 9.2.6), as far as the control plane uses them. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      yield readBlock(block);
    }
  }
}

function readBlock(block: string): StreamEvent {
  const fields = block.split(/\r?\n/).map((line) => /^(id|data|retry): ?(.*)$/.exec(line));
  const of = (name: string) => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? '');
  const data = of('data');
  const retry = of('retry').at(-1);
  return {
    id: of('id').at(-1) ?? null,
    data: data.length === 0 ? null : data.join('\n'),
    retryMs: retry === undefined ? null : Number(retry),
  };
}
