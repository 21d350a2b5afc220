import { newExclusionSchema } from '@trainer/contract/exclusions';
import { describe, expect, it } from 'vitest';
import { emptyExclusionForm, exclusionRequest } from './exclusion-request.ts';

const uuid = '018f3a2b-0000-7000-8000-00000000abcd';

describe('the request of the exclusion form', () => {
  it.each([
    ['the id', uuid],
    ['an address', `https://stashdb.org/performers/${uuid}`],
    ['an address with an end', ` https://stashdb.org/performers/${uuid}/?tab=scenes#x `],
  ])('takes %s', (_, id) => {
    const request = exclusionRequest({ ...emptyExclusionForm, endpoint: 'fansdb', id });
    expect(newExclusionSchema.parse(request)).toEqual({
      kind: 'stash_box_id',
      value: { endpoint: 'fansdb', id: uuid },
      note: '',
    });
  });

  it('takes an address, and a name with the year', () => {
    const form = { ...emptyExclusionForm, url: ' https://example.org/ada ', note: ' asked ' };
    expect(exclusionRequest({ ...form, kind: 'url' })).toEqual({
      kind: 'url',
      value: { url: 'https://example.org/ada' },
      note: 'asked',
    });
    const named = exclusionRequest({ ...form, kind: 'name', name: ' Ada ', birthYear: '1990' });
    expect(newExclusionSchema.parse(named)).toMatchObject({ value: { name: 'Ada', birth_year: 1990 } });
  });

  it('has none for a face, whose photo stays on the runner', () => {
    expect(exclusionRequest({ ...emptyExclusionForm, kind: 'face' })).toBeNull();
  });
});
