import type { Bindings } from '../../src/edge/workers/bindings.ts';
import { digestOf } from '../../src/edge/workers/digester.ts';

export { Digester } from '../../src/edge/workers/digester.ts';
export { Hub } from '../../src/edge/workers/durable-notifier.ts';

/**
 * What the platform itself costs, for measurements: the same parts into the same R2, and nothing else. What a request
 * needs is in its query.
 */
export default {
  async fetch(request, { R2 }) {
    const { pathname, searchParams } = new URL(request.url);
    const of = (name: string) => searchParams.get(name) ?? '';
    switch (pathname) {
      case '/begin':
        return new Response((await R2.createMultipartUpload(of('key'))).uploadId);
      case '/part': {
        const upload = R2.resumeMultipartUpload(of('key'), of('upload'));
        return new Response(
          (await upload.uploadPart(Number(of('number')), await request.arrayBuffer())).etag,
        );
      }
      case '/complete':
        await R2.resumeMultipartUpload(of('key'), of('upload')).complete(await request.json());
        return new Response();
      case '/object':
        return new Response((await R2.get(of('key')))?.body);
      case '/take':
        await request.arrayBuffer();
        return new Response();
      case '/hash-whole':
        await crypto.subtle.digest('SHA-256', await request.arrayBuffer());
        return new Response();
      case '/hash-chunks': {
        const hash = new crypto.DigestStream('SHA-256');
        await request.body?.pipeTo(hash);
        await hash.digest;
        return new Response();
      }
      case '/hash-pieces':
        return Response.json(request.body && (await digestOf(request.body)));
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Bindings>;
