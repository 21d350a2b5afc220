import { CopyButton } from '../../parts/CopyButton.tsx';
import { Notice } from '../../parts/Notice.tsx';

interface Props {
  name: string;
  secret: string;
  copy: (text: string) => Promise<void>;
  onDone: () => void;
}

/** The signing secret, this once. */
export function MadeSecret({ name, secret, copy, onDone }: Props) {
  return (
    <Notice
      tone="good"
      title={`“${name}” signs its messages with this secret. It is shown this once.`}
      actions={
        <>
          <CopyButton text={secret} what="the signing secret" copy={copy} />
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
