import type { ComponentChildren } from 'preact';
import { formatShare } from '../derive/numbers.ts';
import { shareDone } from '../derive/pace-words.ts';

interface Fact {
  label: string;
  value: ComponentChildren;
  /** Takes the room of two. */
  isLong?: boolean;
}

/** Figures with their names, side by side as far as there is room. */
export function Facts({ facts }: { facts: readonly (Fact | null)[] }) {
  return (
    <dl class="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact.label} class={fact.isLong ? 'span' : ''}>
              <dt>{fact.label}</dt>
              <dd>{fact.value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

interface Props {
  label: string;
  done: number;
  /** Null while it is not known; the bar then only says that something goes on. */
  total: number | null;
  thin?: boolean;
}

/** How much is done. */
export function ProgressBar({ label, done, total, thin = false }: Props) {
  const share = shareDone(done, total);
  const known = share !== null ? { value: share, 'aria-valuetext': formatShare(share) } : {};
  return <progress class={thin ? 'thin' : ''} aria-label={label} max={1} {...known} />;
}
