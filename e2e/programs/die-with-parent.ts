import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

/**
 * Preloaded into every program that `startProgram` starts. File descriptor 3 is a pipe whose other end only the starter
 * holds: when it closes, the starter is gone, however it went, and nobody would ever end this process.
 */
if (isMainThread) {
  const leash = new Socket({ fd: 3 });
  leash.on('error', () => {}); // a broken pipe closes as well
  // With whatever it has started itself: it leads its process group.
  leash.on('close', () => process.kill(-process.pid, 'SIGKILL'));
  leash.resume().unref();
}
