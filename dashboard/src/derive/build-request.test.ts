import { startRunSchema } from '@trainer/contract/runs';
import { describe, expect, it } from 'vitest';
import { buildRequest, emptyBuildForm, validateBuild } from './build-request.ts';

describe('the request for a run', () => {
  it('fits the contract, and leaves the pack to the configuration unless one was chosen', () => {
    const form = { ...emptyBuildForm, sources: ['stashdb' as const] };
    expect(startRunSchema.safeParse(buildRequest(form)).success).toBe(true);
    expect(buildRequest(form)).not.toHaveProperty('model_pack');
    expect(buildRequest({ ...form, modelPack: 'starter' }).model_pack).toBe('starter');
  });

  it('names each wrong field', () => {
    const form = { ...emptyBuildForm, maxFacesPerSource: '0', maxFacesTotal: 'many' };
    expect(Object.keys(validateBuild(form)).sort()).toEqual([
      'max_faces_per_source',
      'max_faces_total',
      'sources',
    ]);
  });

  it('does not mind the caps when no faces are wanted', () => {
    const form = { ...emptyBuildForm, sources: ['stashdb' as const], enableFaces: false, maxFacesTotal: '' };
    expect(validateBuild(form)).toEqual({});
  });
});
