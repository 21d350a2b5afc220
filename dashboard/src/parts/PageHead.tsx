import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { FailureNote } from './Notice.tsx';

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

interface LoadedProps<T> {
  data: T | undefined;
  error: unknown;
  /** What is being asked for: "the runs". */
  what: string;
  children: (data: T) => ComponentChildren;
}

/** Shows what is known; until then that it is being asked for, or why it could not be had. */
export function Loaded<T>({ data, error, what, children }: LoadedProps<T>) {
  if (data !== undefined) return <>{children(data)}</>;
  if (error) return <FailureNote error={error} />;
  return (
    <p class="loading" role="status">
      Asking for {what}…
    </p>
  );
}

interface EmptyStateProps {
  title: string;
  /** What to do, in a sentence. */
  children?: ComponentChildren;
  action?: ComponentChildren;
}

/** Stands where a list would, and says how it gets filled. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
      {action && <p>{action}</p>}
    </div>
  );
}
