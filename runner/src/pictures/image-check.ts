import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { UnchangedImage } from '../commit/commit-performer.ts';
import type { ImageAnalysis } from '../faces/engine.ts';

/** What looking at one image brought; trust decides later, in the images' order. */
export type Look =
  | { kind: 'unchanged'; image: UnchangedImage; message?: string }
  /** Decided already: failed, too small to fetch, or known from before. */
  | { kind: 'outcome'; outcome: ImageOutcome; message?: string }
  | { kind: 'analysed'; analysis: ImageAnalysis; outcome: ImageOutcome };
