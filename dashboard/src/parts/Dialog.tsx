import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { FailureNote } from './Notice.tsx';

interface DialogProps {
  title: ComponentChildren;
  children: ComponentChildren;
  onClose: () => void;
}

/** A question in front of the page. The browser's own dialog keeps the focus inside and closes on Escape. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmDialogProps {
  title: ComponentChildren;
  children: ComponentChildren;
  /** What happens: "Revoke the token". */
  verb: string;
  /** What happens not: "Keep it". */
  cancelLabel: string;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({
  title,
  children,
  verb,
  cancelLabel,
  busy,
  error,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
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
            {cancelLabel}
          </button>
          <button type="submit" class="danger" disabled={busy}>
            {verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
