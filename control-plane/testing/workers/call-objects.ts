import { withCauses } from '../../src/http/with-causes.ts';
import { type ObjectStore, UploadLost, WrongBytes } from '../../src/objects/object-store.ts';
import { type ObjectCall, objectCallHeader, sizeHeader } from '../world.ts';

/** Serves `testing/remote-objects.ts`. */
export async function callObjects(objects: ObjectStore, request: Request): Promise<Response> {
  const asked: ObjectCall = JSON.parse(request.headers.get(objectCallHeader) ?? '');
  try {
    if (asked.do === 'read') return await read(objects, asked);
    return Response.json((await call(objects, asked, request)) ?? null);
  } catch (error) {
    const kind = error instanceof UploadLost ? 'lost' : error instanceof WrongBytes && error.kind;
    if (!kind || !(error instanceof Error)) return new Response(withCauses(error), { status: 500 });
    return Response.json({ kind, message: error.message }, { status: 422 });
  }
}

function call(
  objects: ObjectStore,
  asked: Exclude<ObjectCall, { do: 'read' }>,
  { body }: Request,
): Promise<unknown> {
  switch (asked.do) {
    case 'begin':
      return objects.begin(asked.key);
    case 'put part':
      return objects.putPart(asked.upload, asked.part, body ?? new Blob([]).stream());
    case 'complete':
      return objects.complete(asked.upload, asked.whole, asked.receipts);
    case 'abort':
      return objects.abort(asked.upload);
    case 'delete':
      return objects.delete(asked.keys);
    case 'check':
      return objects.check();
  }
}

async function read(
  objects: ObjectStore,
  { key, range }: Extract<ObjectCall, { do: 'read' }>,
): Promise<Response> {
  const found = await objects.read(key, range);
  if (!found) return new Response(null, { status: 204 });
  return new Response(found.body, { headers: { [sizeHeader]: String(found.size) } });
}
