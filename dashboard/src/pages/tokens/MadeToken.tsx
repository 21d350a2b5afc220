import { CopyButton } from '../../parts/CopyButton.tsx';
import { Notice } from '../../parts/Notice.tsx';

interface Props {
  name: string;
  token: string;
  copy: (text: string) => Promise<void>;
  onDone: () => void;
}

/** The secret, this once. */
export function MadeToken({ name, token, copy, onDone }: Props) {
  return (
    <Notice
      tone="good"
      title={`Token “${name}” is made. It is shown this once.`}
      actions={
        <>
          <CopyButton text={token} what="the token" copy={copy} />
          <button type="button" class="small" onClick={onDone}>
            I have kept it
          </button>
        </>
      }
    >
      <code class="secret">{token}</code>
    </Notice>
  );
}
