import type { ComponentChildren } from 'preact';

interface Props {
  title: string;
  /** What to do, in a sentence. */
  children?: ComponentChildren;
  action?: ComponentChildren;
}

/** Replaces an empty list, and says how to fill it. */
export function EmptyState({ title, children, action }: Props) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
      {action && <p>{action}</p>}
    </div>
  );
}
