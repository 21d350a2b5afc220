import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { isSignedBy, loadSigningKey, signManifest } from './signing-key.ts';

describe('loadSigningKey', () => {
  it('makes one key for its owner’s eyes only, also when two starts ask at once', async () => {
    const dir = freshFolder();
    const keys = await Promise.all([loadSigningKey(dir), loadSigningKey(dir)]);
    expect(keys[0]?.fingerprint).toBe(keys[1]?.fingerprint);
    expect((await loadSigningKey(dir)).fingerprint).toBe(keys[0]?.fingerprint);
    expect(statSync(join(dir, 'keys', 'version-signing.pem')).mode & 0o777).toBe(0o600);
  });

  it('signs so that one changed byte is noticed', async () => {
    const key = await loadSigningKey(freshFolder());
    const manifest = Buffer.from('{"version":"2026.03.01"}');
    const signature = signManifest(manifest, key);
    expect(signature).toHaveLength(64);
    expect(isSignedBy(manifest, signature, key.publicKeyPem)).toBe(true);
    expect(isSignedBy(Buffer.from('{"version":"2026.03.02"}'), signature, key.publicKeyPem)).toBe(false);
  });

  it('refuses another file in its place without quoting it', async () => {
    const dir = freshFolder();
    mkdirSync(join(dir, 'keys'));
    writeFileSync(join(dir, 'keys', 'version-signing.pem'), 'something secret');
    const refusal = await loadSigningKey(dir).catch((error) => error.message);
    expect(refusal).toContain(
      'is not an Ed25519 private key in PEM. Restore it, or move it away to get a new one.',
    );
    expect(refusal).not.toContain('secret');
  });
});
