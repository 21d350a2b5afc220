import { parentPort, workerData } from 'node:worker_threads';
import { alignFace } from '../../src/faces/align-face.ts';
import { decodeImage } from '../../src/faces/decode-image.ts';
import { judgeFaces } from '../../src/faces/judge-faces.ts';
import { findFaces } from '../../src/faces/onnx/find-faces.ts';
import { type LoadModel, openDetector } from '../../src/faces/onnx/open-detector.ts';
import { openEmbedders } from '../../src/faces/onnx/open-embedders.ts';
import { type Model, openModel } from '../../src/faces/onnx/open-model.ts';
import { packFilePath } from '../../src/models/verify-pack.ts';

// Records every call of a model that the pipeline makes for its share of the images, and repeats exactly these calls when
// asked: that is the pure inference time, with nothing around it.
const { pack, modelsDir, batchSize, images, policy } = workerData;
const calls: { model: Model; input: Float32Array; shape: readonly number[] }[] = [];

const load: LoadModel = async (file, dynamicBatch) => {
  const model = await openModel({ path: packFilePath(pack, modelsDir, file), provider: 'cpu', dynamicBatch });
  return {
    run(input, shape) {
      calls.push({ model, input: input.slice(), shape });
      return model.run(input, shape);
    },
    close: () => model.close(),
  };
};

const detector = await openDetector(pack, load);
const embedders = await openEmbedders(pack, load);
const crops: Uint8Array[] = [];
for (const image of images) {
  const picture = await decodeImage(image);
  const { faces } = judgeFaces(picture.width, picture.height, await findFaces(detector, picture), policy);
  for (const face of faces) if (face.rejection === null) crops.push(alignFace(picture, face.landmarks));
}
for (let i = 0; i < crops.length; i += batchSize) await embedders.embed(crops.slice(i, i + batchSize));

parentPort?.on('message', async () => {
  for (const { model, input, shape } of calls) await model.run(input, shape);
  parentPort?.postMessage({ faces: crops.length, calls: calls.length });
});
parentPort?.postMessage('ready');
