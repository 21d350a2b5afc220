import { describe, expect, it } from 'vitest';
import { createVault } from './vault.ts';

const secret = 'https://discord.example/api/webhooks/1/täglich-🎉';

describe('the vault', () => {
  it('opens what it has sealed, also after a restart', async () => {
    const sealed = await createVault('a key of the owner').seal(secret);
    expect(await createVault('a key of the owner').open(sealed)).toBe(secret);
  });

  it('seals the same text differently each time, and shows nothing of it', async () => {
    const vault = createVault('a key of the owner');
    const [one, two] = [await vault.seal(secret), await vault.seal(secret)];
    expect(one).not.toBe(two);
    expect(one).not.toContain('discord');
    expect(await vault.open(two)).toBe(secret);
  });

  it.each([
    ['with another key', (sealed: string) => ({ key: 'another key', sealed })],
    [
      'when a character was changed',
      (sealed: string) => ({ key: 'the key', sealed: `${sealed.slice(0, -3)}AAA` }),
    ],
    ['when it was never sealed', () => ({ key: 'the key', sealed: secret })],
    ['when it is empty', () => ({ key: 'the key', sealed: '' })],
  ])('opens nothing %s, and does not repeat it', async (_, change) => {
    const { key, sealed } = change(await createVault('the key').seal(secret));
    const failure = await createVault(key)
      .open(sealed)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'SealBroken' });
    expect(String(failure)).toBe('SealBroken: It was sealed with another SECRET_KEY, or is damaged');
  });
});
