import type { ComponentChildren } from 'preact';
import { Dialog } from './Dialog.tsx';
import { FailureNote } from './Notice.tsx';

interface Props {
  title: ComponentChildren;
  children: ComponentChildren;
  /** What happens: "Revoke the token". */
  verb: string;
  /** What happens not: "Keep it". */
  refusal: string;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ title, children, verb, refusal, busy, error, onConfirm, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        {children}
        <FailureNote error={error} />
        <div class="actions">
          <button type="button" onClick={onClose}>
            {refusal}
          </button>
          <button type="submit" class="danger" disabled={busy}>
            {verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
