import type { Exclusion } from '@trainer/contract/exclusions';
import { addressText } from './address-text.ts';
import { countOf } from './numbers.ts';

/** The excluded performer or face, in one line. */
export function exclusionText(exclusion: Exclusion, titleOf: (source: string) => string): string {
  switch (exclusion.kind) {
    case 'stash_box_id':
      return `${exclusion.value.id} at ${titleOf(exclusion.value.endpoint)}`;
    case 'url':
      return addressText(exclusion.value.url);
    case 'name':
      return `${exclusion.value.name}, born ${exclusion.value.birth_year}`;
    case 'face':
      return `a face (${exclusion.value.fingerprint.slice(0, 8)}…)`;
  }
}

/** What the exclusion removed, from its receipt. */
export function removedText({ receipt }: Pick<Exclusion, 'receipt'>): string {
  if (!receipt) return '';
  const { performers_removed: performers, faces_removed: faces } = receipt;
  if (performers === 0 && faces === 0) return 'nothing was in the catalog';
  return `${countOf(performers, 'performer')} and ${countOf(faces, 'face')} removed`;
}
