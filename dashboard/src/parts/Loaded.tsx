import type { ComponentChildren } from 'preact';
import { FailureNote } from './Notice.tsx';

interface Props<T> {
  data: T | undefined;
  error: unknown;
  /** What is being asked for: "the runs". */
  what: string;
  children: (data: T) => ComponentChildren;
}

/** Shows the data; before the first answer a loading text, or the error. */
export function Loaded<T>({ data, error, what, children }: Props<T>) {
  if (data !== undefined) return <>{children(data)}</>;
  if (error) return <FailureNote error={error} />;
  return (
    <p class="loading" role="status">
      Asking for {what}…
    </p>
  );
}
