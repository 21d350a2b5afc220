import { describe, expect, it } from 'vitest';
import { configOfSource, configSchema, configSchemaFor, enteredConfigSchemaFor } from './config.ts';
import { fieldErrors } from './problems.ts';
import { shippedIds, shippedSources } from './shipped-sources.ts';
import { sourceDefinitionSchema } from './sources.ts';
import { findUnknownFields } from './tolerance.ts';

describe('the configuration', () => {
  it('takes every default of the source registry when nothing is stored', () => {
    const config = configSchema.parse({});
    expect(Object.keys(config.sources)).toEqual(shippedIds);
    for (const { id, defaults } of shippedSources) expect(config.sources[id], id).toEqual(defaults);
  });

  it('takes the defaults of sources that somebody else has defined, and keeps what nobody knows', () => {
    const mine = sourceDefinitionSchema.parse({
      id: 'mine',
      title: 'Mine',
      kind: 'stash-box',
      protocol: 'stash-box',
      defaults: { rate_limit: 7 },
    });
    const config = configSchemaFor([mine]).parse({ sources: { gone: { enabled: true, max_faces: 3 } } });
    expect(Object.keys(config.sources)).toEqual(['mine', 'gone']);
    expect(configOfSource(config, 'mine').rate_limit).toBe(7);
    expect(configOfSource(config, 'gone')).toMatchObject({ enabled: true, max_faces: 3, concurrency: 1 });
    expect(configOfSource(config, 'constructor')).toMatchObject({ enabled: false });
  });

  it('keeps what was decided beside the defaults', () => {
    const config = configSchema.parse({ sources: { stashdb: { rate_limit: 10 } } });
    expect(config.sources.stashdb).toMatchObject({ rate_limit: 10, max_faces: 5 });
  });

  it('names every wrong field as it stands in the input', () => {
    const schema = enteredConfigSchemaFor(shippedSources, ['gone']);
    const input = {
      sources: { stashdb: { rate_limit: 'fast', speed: 1 }, nowhere: {}, gone: {} },
      faces: { min_face_px: 5 },
    };
    const { error } = schema.safeParse(input);
    expect(error && fieldErrors(error).errors.map(({ field }) => field)).toEqual([
      'faces.min_face_px',
      'sources.stashdb.rate_limit',
    ]);
    expect(findUnknownFields(schema, input)).toEqual([
      ['sources', 'stashdb', 'speed'],
      ['sources', 'nowhere'],
    ]);
  });
});
