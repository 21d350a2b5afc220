import { configSchema } from '@trainer/contract/config';
import { describe, expect, it } from 'vitest';
import { faceFields, generalFields, retentionFields, sourceFields, validateField } from './config-fields.ts';
import { changedPaths, documentOf, flatten, valueText } from './flat-config.ts';

const defaults = flatten(configSchema.parse({}));

describe('the flat configuration', () => {
  it('has a field in the form for every value of the contract, and no other', () => {
    const sources = Object.keys(configSchema.parse({}).sources).flatMap(sourceFields);
    const shown = [...faceFields([]), ...generalFields, ...retentionFields, ...sources].map(
      ({ path }) => path,
    );
    expect(shown.sort()).toEqual(Object.keys(defaults).sort());
  });

  it('sends only what differs from the defaults, so that a new default reaches everyone else', () => {
    const edited = { ...defaults, 'sources.stashdb.rate_limit': 30, 'faces.min_face_px': 96 };
    expect(documentOf(edited, defaults)).toEqual({
      faces: { min_face_px: 96 },
      sources: { stashdb: { rate_limit: 30 } },
    });
    expect(documentOf(defaults, defaults)).toEqual({});
  });

  it('sends back to the same values', () => {
    const edited = { ...defaults, 'sources.freeones.gender_filter': null, user_agent: 'me' };
    expect(flatten(configSchema.parse(documentOf(edited, defaults)))).toEqual(edited);
  });

  it('names what changed and leaves the revision out', () => {
    const view = { ...configSchema.parse({ retention: { versions: 3 } }), revision: 9 };
    expect(changedPaths(defaults, flatten(view))).toEqual(['retention.versions']);
  });

  it('shows values as words', () => {
    expect([null, true, 3, '', undefined].map(valueText)).toEqual(['any', 'on', '3', '(empty)', '–']);
  });

  it('finds every default right, and says what is wrong with an impossible value', () => {
    const fields = [...faceFields([]), ...generalFields, ...retentionFields, ...sourceFields('stashdb')];
    expect(fields.map((field) => validateField(field, defaults[field.path])).filter(Boolean)).toEqual([]);
    const face = fields.find(({ path }) => path === 'faces.min_face_px');
    expect(face && validateField(face, 3)).toBe('A number, from 20 to 1000.');
    expect(face && validateField(face, '')).toBe('A number, from 20 to 1000.');
    expect(face && validateField(face, 20.5)).toBe('A whole number, from 20 to 1000.');
  });
});
