import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, 1.3. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The server's side of a WebSocket that carries text: just what a fake needs (RFC 6455, 5.2), no fragments. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  hear: (text: string) => void,
): { send(text: string): void } {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}${MAGIC}`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame; frame = readFrame(pending)) {
      pending = pending.subarray(frame.size);
      if (frame.opcode === 1) hear(frame.payload.toString());
      if (frame.opcode === 8) socket.end(Buffer.from([0x88, 0]));
    }
  });
  socket.on('error', () => socket.destroy());
  return { send: (text) => void (socket.writable && socket.write(textFrame(text))) };
}

function readFrame(data: Buffer) {
  if (data.length < 6) return null;
  const short = (data[1] ?? 0) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (data.length < 6 + extra) return null;
  const length = extra === 2 ? data.readUInt16BE(2) : extra === 8 ? Number(data.readBigUInt64BE(2)) : short;
  const start = 6 + extra;
  if (data.length < start + length) return null;
  const mask = data.subarray(2 + extra, start);
  const payload = Buffer.from(
    data.subarray(start, start + length).map((byte, i) => byte ^ (mask[i % 4] ?? 0)),
  );
  return { opcode: (data[0] ?? 0) & 0x0f, payload, size: start + length };
}

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  header[0] = 0x81;
  header[1] = header.length === 2 ? payload.length : header.length === 4 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(payload.length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}
