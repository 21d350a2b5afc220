import { once } from 'node:events';
import { createServer } from 'node:net';

/** Whether somebody could listen on this port of loopback now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
