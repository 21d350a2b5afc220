import type { ComponentChildren } from 'preact';
import { describeFailure } from '../derive/failure.ts';
import type { Tone } from '../derive/run-words.ts';

interface Props {
  tone?: Tone;
  title?: ComponentChildren;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}

/** Something to know before going on. */
export function Notice({ tone = 'calm', title, children, actions }: Props) {
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
