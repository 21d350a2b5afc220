import type { ComponentChildren } from 'preact';
import { describeFailure } from '../derive/failure.ts';
import type { Tone } from '../derive/run-text.ts';

interface NoticeProps {
  tone?: Tone;
  title?: ComponentChildren;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}

/** Something to know before going on. */
export function Notice({ tone = 'calm', title, children, actions }: NoticeProps) {
  return (
    <div class={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {title && <p class="notice-title">{title}</p>}
      {children && <div>{children}</div>}
      {actions && <p class="actions">{actions}</p>}
    </div>
  );
}

/** A failure as a notice; nothing when there is none. */
export function FailureNote({ error }: { error: unknown }) {
  if (!error) return null;
  const { title, detail } = describeFailure(error);
  return (
    <Notice tone="bad" title={title}>
      <p>{detail}</p>
    </Notice>
  );
}

interface LoadedProps<T> {
  data: T | undefined;
  error: unknown;
  /** What is being asked for: "the runs". */
  what: string;
  children: (data: T) => ComponentChildren;
}

/** Shows the data; before the first answer a loading text, or the error. */
export function Loaded<T>({ data, error, what, children }: LoadedProps<T>) {
  if (data !== undefined) return <>{children(data)}</>;
  if (error) return <FailureNote error={error} />;
  return (
    <p class="loading" role="status">
      Loading {what}…
    </p>
  );
}

interface EmptyStateProps {
  title: string;
  /** What to do, in a sentence. */
  children?: ComponentChildren;
  action?: ComponentChildren;
}

/** Replaces an empty list, and says how to fill it. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
      {action && <p>{action}</p>}
    </div>
  );
}
