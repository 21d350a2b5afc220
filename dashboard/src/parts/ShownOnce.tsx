import type { ComponentChildren } from 'preact';
import { CopyButton } from './CopyButton.tsx';
import { Notice } from './Notice.tsx';

interface Props {
  title: ComponentChildren;
  secret: string;
  /** What is copied: "the token". */
  what: string;
  copy: (text: string) => Promise<void>;
  onDone: () => void;
}

/** A secret, this once. */
export function ShownOnce({ title, secret, what, copy, onDone }: Props) {
  return (
    <Notice
      tone="good"
      title={title}
      actions={
        <>
          <CopyButton text={secret} what={what} copy={copy} />
          <button type="button" class="small" onClick={onDone}>
            I have kept it
          </button>
        </>
      }
    >
      <code class="secret">{secret}</code>
    </Notice>
  );
}
