import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Notice } from './Notice.tsx';

interface OneTimeSecretProps {
  title: ComponentChildren;
  secret: string;
  /** What is copied: "the token". */
  what: string;
  copy: (text: string) => Promise<void>;
  onDone: () => void;
}

/** A secret, this once. */
export function OneTimeSecret({ title, secret, what, copy, onDone }: OneTimeSecretProps) {
  return (
    <Notice
      tone="good"
      title={title}
      actions={
        <>
          <CopyButton text={secret} what={what} copy={copy} />
          <button type="button" class="small" onClick={onDone}>
            I have saved it
          </button>
        </>
      }
    >
      <code class="secret">{secret}</code>
    </Notice>
  );
}

interface CopyButtonProps {
  text: string;
  /** What is copied: "the token". */
  what: string;
  copy: (text: string) => Promise<void>;
}

/** Puts a text on the clipboard, and says whether that worked. */
export function CopyButton({ text, what, copy }: CopyButtonProps) {
  const [label, setLabel] = useState<'Copy' | 'Copied' | 'Select and copy it manually'>('Copy');
  const onClick = () =>
    copy(text).then(
      () => setLabel('Copied'),
      // Browsers forbid the clipboard outside HTTPS and loopback.
      () => setLabel('Select and copy it manually'),
    );
  return (
    <button type="button" class="small" aria-label={`${label} (${what})`} onClick={() => void onClick()}>
      <span aria-live="polite">{label}</span>
    </button>
  );
}
