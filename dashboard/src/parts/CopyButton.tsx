import { useState } from 'preact/hooks';

interface Props {
  text: string;
  /** What is copied: "the token". */
  what: string;
  copy: (text: string) => Promise<void>;
}

/** Puts a text on the clipboard, and says whether that worked. */
export function CopyButton({ text, what, copy }: Props) {
  const [said, setSaid] = useState<'Copy' | 'Copied' | 'Select and copy it yourself'>('Copy');
  const onClick = () =>
    copy(text).then(
      () => setSaid('Copied'),
      // Browsers forbid the clipboard outside HTTPS and loopback.
      () => setSaid('Select and copy it yourself'),
    );
  return (
    <button type="button" class="small" aria-label={`${said} (${what})`} onClick={() => void onClick()}>
      <span aria-live="polite">{said}</span>
    </button>
  );
}
