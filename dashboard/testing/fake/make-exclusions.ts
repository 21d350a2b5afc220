import type { Exclusion } from '@trainer/contract/exclusions';
import { ago, type World } from './world.ts';

/** One of each kind: with a receipt, without one yet, and taken back. */
export function makeExclusions(world: Pick<World, 'now'>): Exclusion[] {
  const kept = (id: number, minutesAgo: number, note: string) => ({
    id,
    note,
    actor: 'owner',
    created_at: ago(world, minutesAgo),
    removed_at: null,
    removed_by: null,
    receipt: null,
  });
  const receipt = (performers_removed: number, faces_removed: number) => ({
    first_version: '2026.11.21',
    performers_removed,
    faces_removed,
    at: ago(world, 1_440),
  });
  return [
    {
      ...kept(4, 30, 'by letter, 20 November'),
      kind: 'name',
      value: { name: 'Petra Halm', birth_year: 1991 },
    },
    {
      ...kept(3, 2_100, ''),
      kind: 'face',
      value: { fingerprint: '4be1'.repeat(16) },
      receipt: receipt(1, 6),
    },
    {
      ...kept(2, 2_900, 'asked by mail'),
      kind: 'stash_box_id',
      value: { endpoint: 'stashdb', id: '7f3c2b1a-9d8e-4f60-8a51-2c3d4e5f6a7b' },
      receipt: receipt(1, 11),
    },
    {
      ...kept(1, 9_000, 'wrong person'),
      kind: 'url',
      value: { url: 'https://www.thenude.example/some-model' },
      removed_at: ago(world, 8_000),
      removed_by: 'mika (token ci)',
    },
  ];
}
