import type { ModelPack, ScrfdDetector, StarterDetector } from '../../models/pack.ts';
import type { Detection, Picture } from '../picture.ts';
import type { Window } from '../resample.ts';
import { croppedCanvas, fillScrfdInput, letterbox, readScrfdOutputs } from '../scrfd.ts';
import {
  boundsOf,
  type FaceBox,
  fillLandmarkInput,
  fillStarterInput,
  fiveOfSixtyEight,
  landmarkWindow,
  readLandmarkPoints,
  readStarterBoxes,
} from '../starter-detector.ts';
import type { Model } from './open-model.ts';

/** Finds faces inside a window of a picture. One call at a time: the input buffer is shared between calls. */
export interface FaceDetector {
  detect(picture: Picture, window: Window): Promise<Detection[]>;
  close(): Promise<void>;
}

/** Loads a file of the pack. */
export type LoadModel = (file: string, dynamicBatch?: { reshapes: string[] }) => Promise<Model>;

/**
 * Opens the pack's detector. With `oneShape` every run has the whole square canvas: a GPU searches for the best algorithm again
 * for each new shape, which costs seconds, and computes the black part at almost no cost.
 */
export async function openDetector(
  { detector }: Pick<ModelPack, 'detector'>,
  load: LoadModel,
  oneShape = false,
): Promise<FaceDetector> {
  if (detector.kind === 'scrfd') return scrfdDetector(detector, await load(detector.file), oneShape);
  return starterDetector(detector, await load(detector.file), await load(detector.landmarkFile));
}

function scrfdDetector(detector: ScrfdDetector, model: Model, oneShape: boolean): FaceDetector {
  const size = detector.inputSize;
  const whole = new Float32Array(3 * size * size);
  return {
    async detect(picture, window) {
      const box = letterbox(window.width, window.height, size);
      const canvas = oneShape ? { width: size, height: size } : croppedCanvas(box, size);
      const input = whole.subarray(0, 3 * canvas.width * canvas.height);
      fillScrfdInput(picture, window, box, canvas, detector, input);
      const outputs = await model.run(input, [1, 3, canvas.height, canvas.width]);
      return readScrfdOutputs(outputs, window, box.scale, canvas, detector);
    },
    close: () => model.close(),
  };
}

function starterDetector(detector: StarterDetector, boxModel: Model, landmarkModel: Model): FaceDetector {
  const { inputWidth, inputHeight, landmarkSize } = detector;
  const input = new Float32Array(3 * inputWidth * inputHeight);
  const landmarkInput = new Float32Array(landmarkSize * landmarkSize);

  async function addLandmarks(picture: Picture, face: FaceBox): Promise<Detection> {
    let box = face.box;
    for (let pass = 1; ; pass++) {
      const window = landmarkWindow(box);
      fillLandmarkInput(picture, window, landmarkSize, landmarkInput);
      const [output = new Float32Array()] = await landmarkModel.run(landmarkInput, [
        1,
        1,
        landmarkSize,
        landmarkSize,
      ]);
      const points = readLandmarkPoints(output, window);
      if (pass >= detector.landmarkPasses) return { ...face, landmarks: fiveOfSixtyEight(points) };
      box = boundsOf(points);
    }
  }

  return {
    async detect(picture, window) {
      fillStarterInput(picture, window, detector, input);
      const [scores, boxes] = await boxModel.run(input, [1, 3, inputHeight, inputWidth]);
      if (!scores || !boxes) throw new Error('the starter detector answered without scores and boxes');
      const found: Detection[] = [];
      for (const face of readStarterBoxes(scores, boxes, window, detector))
        found.push(await addLandmarks(picture, face));
      return found;
    },
    async close() {
      await boxModel.close();
      await landmarkModel.close();
    },
  };
}
