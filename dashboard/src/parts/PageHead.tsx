import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface Props {
  title: string;
  /** Beside the title: a badge. */
  aside?: ComponentChildren;
  /** Buttons. */
  children?: ComponentChildren;
}

/** The heading of a page; also names the browser tab. */
export function PageHead({ title, aside, children }: Props) {
  useEffect(() => {
    document.title = `${title} · stash-sense-trainer`;
  }, [title]);
  return (
    <header class="page-head">
      <h1>{title}</h1>
      {aside}
      {children && <div class="actions">{children}</div>}
    </header>
  );
}
