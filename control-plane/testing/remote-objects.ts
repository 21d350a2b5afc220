import { z } from 'zod';
import { type ObjectStore, UploadLost, WrongBytes } from '../src/objects/object-store.ts';
import { type ObjectCall, objectCallHeader, objectsPath, refusalSchema, sizeHeader } from './world.ts';

/** The version store of a world inside workerd, as if it were here. */
export function remoteObjects(request: (path: string, init: RequestInit) => Promise<Response>): ObjectStore {
  async function call(asked: ObjectCall, body?: ReadableStream<Uint8Array>): Promise<Response> {
    const response = await request(objectsPath, {
      method: 'POST',
      headers: { [objectCallHeader]: JSON.stringify(asked) },
      ...(body && { body: await new Response(body).arrayBuffer() }),
    });
    if (response.ok) return response;
    if (response.status !== 422) throw new Error(await response.text());
    const { kind, message } = refusalSchema.parse(await response.json());
    throw kind === 'lost' ? new UploadLost(message) : new WrongBytes(kind, message);
  }
  const text = async (answer: Promise<Response>) => z.string().parse(await (await answer).json());
  const nothing = async (answer: Promise<Response>) => void (await (await answer).json());

  return {
    begin: (key) => text(call({ do: 'begin', key })),
    putPart: (upload, part, body) => text(call({ do: 'put part', upload, part }, body)),
    complete: (upload, whole, receipts) => nothing(call({ do: 'complete', upload, whole, receipts })),
    abort: (upload) => nothing(call({ do: 'abort', upload })),
    async read(key, range) {
      const { status, headers, body } = await call({ do: 'read', key, range });
      if (status === 204) return null;
      return { size: Number(headers.get(sizeHeader)), body: body ?? new Blob([]).stream() };
    },
    delete: (keys) => nothing(call({ do: 'delete', keys })),
    check: () => nothing(call({ do: 'check' })),
  };
}
