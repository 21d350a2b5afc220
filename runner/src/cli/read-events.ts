/** One event of a stream: its id and its data; comments and other fields are passed over. */
export interface StreamEvent {
  id: string;
  data: string;
}

/** Reads server-sent events (WHATWG HTML, section 9.2.6), as far as the control plane uses them. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = readBlock(block);
      if (event) yield event;
    }
  }
}

function readBlock(block: string): StreamEvent | null {
  const fields = block.split(/\r?\n/).map((line) => /^(id|data): ?(.*)$/.exec(line));
  const of = (name: string) => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? '');
  const data = of('data');
  return data.length === 0 ? null : { id: of('id').at(-1) ?? '', data: data.join('\n') };
}
