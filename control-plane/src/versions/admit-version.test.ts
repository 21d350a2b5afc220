import { describe, expect, it } from 'vitest';
import { type AnnouncedVersion, admitVersion, canonical, isSameManifest } from './admit-version.ts';

const hash = (digit: string) => digit.repeat(64);

const sound: AnnouncedVersion = {
  version: '2026.11.20',
  filename: 'release.zip',
  artifacts: [
    { name: 'manifest.json', size: 10, sha256: hash('1') },
    { name: 'release.zip', size: 10, sha256: hash('2') },
    { name: 'performers.db', size: 10, sha256: hash('3') },
  ],
  manifest: {
    version: '2026.11.20',
    created_at: '2026-11-20T10:00:00Z',
    performer_count: 2,
    face_count: 3,
    sources: ['stashdb'],
    checksums: { 'performers.db': `sha256:${hash('3')}`, 'faces.json': `sha256:${hash('4')}` },
    format: 'stash-sense',
    model_pack: 'starter',
    parent_version: '2026.11.19.1',
    models: { facenet_dim: 512 },
  },
};

describe('what is announced of a version', () => {
  it('is admitted when nothing speaks against it', () => {
    expect(admitVersion(sound)).toBeNull();
  });

  it.each<[string, Partial<AnnouncedVersion>, string]>([
    ['without a manifest', { artifacts: sound.artifacts.slice(1) }, '"manifest.json" is not among'],
    ['without the file people download', { filename: 'other.zip' }, '"other.zip" is not among'],
    [
      'with one name twice',
      { artifacts: [...sound.artifacts, { name: 'PERFORMERS.db', size: 1, sha256: hash('3') }] },
      'Two artifacts have the same name',
    ],
    [
      'whose manifest is no manifest',
      { artifacts: sound.artifacts.map((each) => ({ ...each, size: 2_000_000 })) },
      'has 2000000 bytes',
    ],
    ['whose manifest is of another version', { version: '2026.11.21' }, 'is of version 2026.11.20'],
    [
      'that counts faces without performers',
      { manifest: { ...sound.manifest, performer_count: 0 } },
      'counts 3 faces but no performer',
    ],
    [
      'whose parent is as new as itself',
      { manifest: { ...sound.manifest, parent_version: '2026.11.20' } },
      'does not sort before 2026.11.20',
    ],
    [
      'whose manifest states another hash',
      { manifest: { ...sound.manifest, checksums: { 'performers.db': `sha256:${hash('5')}` } } },
      'the file changed after the manifest was written',
    ],
    [
      'whose manifest has a checksum of itself',
      { manifest: { ...sound.manifest, checksums: { 'manifest.json': `sha256:${hash('1')}` } } },
      'has a checksum of itself',
    ],
  ])('is refused %s', (_, change, sentence) => {
    expect(admitVersion({ ...sound, ...change })).toContain(sentence);
  });
});

describe('the manifest as uploaded', () => {
  it('may order its keys as it likes, and must otherwise be the one announced', () => {
    const reordered = Object.fromEntries(Object.entries(sound.manifest).toReversed());
    expect(isSameManifest(JSON.stringify(reordered, null, 2), sound.manifest)).toBe(true);
    expect(isSameManifest(JSON.stringify({ ...reordered, face_count: 4 }), sound.manifest)).toBe(false);
    expect(isSameManifest('{"version":', sound.manifest)).toBe(false);
  });

  it('is compared by values at any depth, arrays in order', () => {
    expect(canonical({ b: [{ d: 1, c: 2 }], a: null })).toBe(canonical({ a: null, b: [{ c: 2, d: 1 }] }));
    expect(canonical({ a: [1, 2] })).not.toBe(canonical({ a: [2, 1] }));
  });
});
