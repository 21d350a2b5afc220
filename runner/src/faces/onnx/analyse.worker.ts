import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { ImageError } from '../image-error.ts';
import type { AnalyseRequest, ThreadAnswer } from './messages.ts';
import { type Analyser, type AnalyserOptions, openAnalyser } from './open-analyser.ts';

/** One analysing thread: announces itself when its models are loaded, then answers requests in whatever order they end. */
async function serve(port: MessagePort, options: AnalyserOptions): Promise<void> {
  // Several pictures are decoded side by side; threads inside one decoder would only compete with inference.
  sharp.concurrency(1);
  sharp.cache(false);
  const analyser = await openAnalyser(options);
  const send = (message: ThreadAnswer) => port.postMessage(message);
  port.on('message', (request: AnalyseRequest) => {
    void answer(analyser, request).then(send);
  });
  send({ kind: 'ready' });
}

async function answer(analyser: Analyser, { id, image, policy }: AnalyseRequest): Promise<ThreadAnswer> {
  try {
    return { kind: 'analysed', id, analysis: await analyser.analyse(image, policy) };
  } catch (error) {
    if (error instanceof ImageError) return { kind: 'refused', id, code: error.code, message: error.message };
    return { kind: 'failed', id, message: error instanceof Error ? error.message : String(error) };
  }
}

if (parentPort) await serve(parentPort, workerData);
