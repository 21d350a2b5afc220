import { describe, expect, it } from 'vitest';
import { takeCode } from './browser.ts';

describe('the one-time code in the address', () => {
  it('is taken and removed from the address at once', () => {
    const replaced: unknown[] = [];
    const history = { replaceState: (...given: unknown[]) => void replaced.push(given.at(-1)) };
    expect(takeCode({ pathname: '/login', hash: '#code=a%2Fb' }, history)).toBe('a/b');
    expect(replaced).toEqual(['/login']);
  });

  it('is not looked for elsewhere', () => {
    const history = { replaceState: () => expect.unreachable() };
    expect(takeCode({ pathname: '/versions', hash: '#code=x' }, history)).toBeNull();
    expect(takeCode({ pathname: '/login', hash: '' }, history)).toBeNull();
  });
});
