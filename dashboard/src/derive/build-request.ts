import type { RequestOf } from '@trainer/contract/routes';
import type { SourceId } from '@trainer/contract/sources';

export interface BuildForm {
  sources: readonly SourceId[];
  enableFaces: boolean;
  /** As typed: the control plane says what is wrong with it. */
  maxFacesPerSource: string;
  maxFacesTotal: string;
  referenceMode: 'url' | 'name';
  full: boolean;
  /** Empty for the configuration's own. */
  modelPack: string;
  queue: boolean;
}

export type BuildRequest = RequestOf<'POST /api/build/start'>['body'];

export const emptyBuildForm: BuildForm = {
  sources: [],
  enableFaces: true,
  maxFacesPerSource: '5',
  maxFacesTotal: '12',
  referenceMode: 'url',
  full: false,
  modelPack: '',
  queue: true,
};

/** What is sent to start a run. */
export function buildRequest(form: BuildForm): BuildRequest {
  return {
    sources: [...form.sources],
    enable_faces: form.enableFaces,
    max_faces_per_source: Number(form.maxFacesPerSource),
    max_faces_total: Number(form.maxFacesTotal),
    reference_mode: form.referenceMode,
    full: form.full,
    ...(form.modelPack && { model_pack: form.modelPack }),
    queue: form.queue,
  };
}

/** What can be said without asking the control plane, by field. */
export function validateBuild(form: BuildForm): Record<string, string> {
  const errors: Record<string, string> = {};
  if (form.sources.length === 0) errors.sources = 'Select at least one source.';
  if (!form.enableFaces) return errors;
  const perSource = Number(form.maxFacesPerSource);
  const total = Number(form.maxFacesTotal);
  if (!wholeBetween(perSource, 100)) errors.max_faces_per_source = 'A whole number from 1 to 100.';
  if (!wholeBetween(total, 500)) errors.max_faces_total = 'A whole number from 1 to 500.';
  return errors;
}

function wholeBetween(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}
