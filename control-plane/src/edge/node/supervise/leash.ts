import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/**
 * Preloaded into every program that the supervisor starts. File descriptor 3 is a pipe whose other end only the supervisor holds: when
 * it closes, the supervisor is gone, however it went, and the program ends as if it had been told to.
 */
if (isMainThread) {
  const leash = new Socket({ fd: 3 });
  leash.on('error', () => {}); // a broken pipe closes as well
  leash.on('close', () => process.kill(process.pid, 'SIGTERM'));
  leash.resume().unref();
}
