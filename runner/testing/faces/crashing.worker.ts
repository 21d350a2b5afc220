import { parentPort } from 'node:worker_threads';
import type { AnalyseRequest, ThreadAnswer } from '../../src/faces/onnx/messages.ts';

// A thread for tests of the pool: the first byte of an image says what happens to it.
export const behaviour = { answer: 1, die: 2, refuse: 3, fail: 4, never: 5 };

const send = (answer: ThreadAnswer) => parentPort?.postMessage(answer);

parentPort?.on('message', ({ id, image }: AnalyseRequest) => {
  const wanted = image[0];
  if (wanted === behaviour.die) throw new Error('the driver hung up');
  if (wanted === behaviour.refuse) send({ kind: 'refused', id, code: 'damaged_image', message: 'cut off' });
  if (wanted === behaviour.fail) send({ kind: 'failed', id, message: 'out of memory' });
  if (wanted === behaviour.answer) {
    const analysis = { width: image.length, height: 1, sha256: '', reason: null, faces: [] };
    send({ kind: 'analysed', id, analysis });
  }
});
send({ kind: 'ready' });
