import { describe, expect, it } from 'vitest';
import { configSchema } from './config.ts';
import { fieldErrors } from './problems.ts';
import { sourceIds, sources } from './sources.ts';
import { findUnknownFields } from './tolerance.ts';

describe('the configuration', () => {
  it('takes every default of the source registry when nothing is stored', () => {
    const config = configSchema.parse({});
    expect(Object.keys(config.sources)).toEqual(sourceIds);
    for (const id of sourceIds) {
      const { defaults } = sources[id];
      expect(config.sources[id], id).toMatchObject({
        enabled: defaults.enabled,
        rate_limit: defaults.rateLimit,
        trust_level: defaults.trustLevel,
        max_faces: defaults.maxFaces,
        gender_filter: defaults.genderFilter,
        respect_robots: true,
      });
    }
  });

  it('keeps what was decided beside the defaults', () => {
    const config = configSchema.parse({ sources: { stashdb: { rate_limit: 10 } } });
    expect(config.sources.stashdb).toMatchObject({ rate_limit: 10, max_faces: 5 });
  });

  it('names every wrong field as it stands in the input', () => {
    const input = {
      sources: { stashdb: { rate_limit: 'fast', speed: 1 }, nowhere: {} },
      faces: { min_face_px: 5 },
    };
    const { error } = configSchema.safeParse(input);
    expect(error && fieldErrors(error).errors.map(({ field }) => field)).toEqual([
      'faces.min_face_px',
      'sources.stashdb.rate_limit',
    ]);
    expect(findUnknownFields(configSchema, input)).toEqual([
      ['sources', 'stashdb', 'speed'],
      ['sources', 'nowhere'],
    ]);
  });
});
