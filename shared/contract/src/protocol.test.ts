import { describe, expect, it } from 'vitest';
import {
  compareProtocols,
  describeMismatch,
  describeReleases,
  introduction,
  readIntroduction,
} from './protocol.ts';

const only = (number: number) => ({ oldest: number, newest: number });
const stating = (protocol: string) => readIntroduction(new Headers({ 'stash-sense-protocol': protocol }));

describe('two protocols', () => {
  it.each([
    [only(1), only(1), 'fits'],
    [only(1), { oldest: 1, newest: 2 }, 'fits'],
    [{ oldest: 1, newest: 2 }, only(1), 'fits'],
    [{ oldest: 2, newest: 3 }, { oldest: 1, newest: 2 }, 'fits'],
    [only(1), only(2), 'too_old'],
    [{ oldest: 2, newest: 3 }, only(1), 'too_new'],
  ] as const)('%j at a control plane of %j: %s', (theirs, own, verdict) => {
    expect(compareProtocols(theirs, own)).toBe(verdict);
  });

  it('that do not fit are told with both releases and which side to upgrade', () => {
    const runner = { name: 'runner', version: '0.3.0' };
    expect(describeMismatch({ program: runner, range: only(2) }, { version: '0.1.0', range: only(1) })).toBe(
      'The runner 0.3.0 speaks protocol 2, and the control plane 0.1.0 speaks 1: upgrade the control plane.',
    );
    expect(
      describeMismatch(
        { program: null, range: only(1) },
        { version: '0.3.0', range: { oldest: 2, newest: 3 } },
      ),
    ).toBe('The caller speaks protocol 1, and the control plane 0.3.0 speaks 2-3: upgrade the caller.');
  });
});

describe('an introduction', () => {
  it('is read as it was made', () => {
    const made = introduction({ name: 'runner', version: '0.1.0' }, { oldest: 1, newest: 2 });
    expect(readIntroduction(new Headers(made))).toEqual({
      range: { oldest: 1, newest: 2 },
      program: { name: 'runner', version: '0.1.0' },
    });
  });

  it('that is missing counts as protocol 1', () => {
    expect(readIntroduction(new Headers())).toEqual({ range: only(1), program: null });
  });

  it.each(['', 'x', '2-1', '1-', '-1', '1.5', '99999999'])('that states %j states no protocol', (stated) => {
    expect(stating(stated).range).toBeNull();
  });

  it('holds no text that could not be shown', () => {
    const odd = new Headers({ 'stash-sense-program': '<b>runner</b>/1' });
    expect(readIntroduction(odd).program).toBeNull();
  });
});

it('names both releases only where they differ', () => {
  expect(describeReleases({ name: 'cli', version: '0.2.0' }, '0.1.0')).toBe(
    'The command line is 0.2.0 and the control plane 0.1.0; bring both to the same release.',
  );
  expect(describeReleases({ name: 'cli', version: '0.1.0' }, '0.1.0')).toBe('');
  expect(describeReleases(null, '0.1.0')).toBe('');
});
