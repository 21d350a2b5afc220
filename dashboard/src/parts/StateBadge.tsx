import type { Tone } from '../derive/run-words.ts';

/** A status as a word with a dot; the word alone says it all, the colour only helps. */
export function StateBadge({ tone = 'calm', label }: { tone?: Tone; label: string }) {
  return <span class={`badge tone-${tone}`}>{label}</span>;
}
