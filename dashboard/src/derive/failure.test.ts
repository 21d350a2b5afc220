import { ApiProblem, ApiUnreachable } from '@trainer/contract/client';
import { problemDocument } from '@trainer/contract/problems';
import { describe, expect, it } from 'vitest';
import { describeFailure } from './failure.ts';

describe('an error as people read it', () => {
  it('keeps what the control plane says, field by field', () => {
    const problem = problemDocument('invalid_request', 'Look.', [
      { field: 'faces.min_face_px', message: 'too small' },
    ]);
    expect(describeFailure(new ApiProblem(problem, null))).toEqual({
      title: 'Some fields are invalid',
      detail: 'Look.',
      fields: { 'faces.min_face_px': 'too small' },
      kind: 'refused',
    });
  });

  it('says what to look at when nobody answers', () => {
    expect(describeFailure(new ApiUnreachable('x', null)).detail).toContain('Check that it is running');
    expect(describeFailure(new ApiUnreachable('x', 502)).detail).toContain(
      'perhaps a proxy, answered with 502',
    );
  });

  it('owns up to its own faults', () => {
    expect(describeFailure(new TypeError('x is undefined')).title).toBe('The dashboard itself failed');
  });
});
