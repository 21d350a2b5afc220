import { useState } from 'preact/hooks';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { Field } from './Field.tsx';

interface Props {
  run: number;
  busy: boolean;
  error: unknown;
  onStop: (reason: string) => void;
  onClose: () => void;
}

/** Asks whether the run shall really be stopped, and why. */
export function StopDialog({ run, busy, error, onStop, onClose }: Props) {
  const [reason, setReason] = useState('');
  return (
    <ConfirmDialog
      title={`Stop run ${run}?`}
      verb={`Stop run ${run}`}
      refusal="Keep it running"
      busy={busy}
      error={error}
      onConfirm={() => onStop(reason.trim())}
      onClose={onClose}
    >
      <p>
        The runner finishes the performers in hand. What is in the catalog stays, but no version is published.
      </p>
      <Field label="Reason (optional)" hint="Shown with the run, for whoever wonders later.">
        {(tie) => (
          <input
            {...tie}
            type="text"
            maxLength={500}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        )}
      </Field>
    </ConfirmDialog>
  );
}
