import { formatShare } from '../derive/numbers.ts';
import { shareDone } from '../derive/pace-text.ts';

interface ProgressBarProps {
  label: string;
  done: number;
  /** Null while it is not known; the bar then only says that something goes on. */
  total: number | null;
  thin?: boolean;
}

/** How much is done. */
export function ProgressBar({ label, done, total, thin = false }: ProgressBarProps) {
  const share = shareDone(done, total);
  const known = share !== null ? { value: share, 'aria-valuetext': formatShare(share) } : {};
  return <progress class={thin ? 'thin' : ''} aria-label={label} max={1} {...known} />;
}
