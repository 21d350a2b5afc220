import type { RunView } from '@trainer/contract/runs';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { Field } from './Field.tsx';

interface Props {
  run: Pick<RunView, 'id' | 'status'>;
  busy: boolean;
  error: unknown;
  onStop: (reason: string) => void;
  onClose: () => void;
}

/** Asks whether the run shall really be stopped, and why. */
export function StopDialog({ run, busy, error, onStop, onClose }: Props) {
  const [reason, setReason] = useState('');
  const isQueued = run.status === 'queued';
  const verb = `${isQueued ? 'Cancel' : 'Stop'} run ${run.id}`;
  return (
    <ConfirmDialog
      title={`${verb}?`}
      verb={verb}
      refusal={isQueued ? 'Keep it in line' : 'Keep it running'}
      busy={busy}
      error={error}
      onConfirm={() => onStop(reason.trim())}
      onClose={onClose}
    >
      <p>
        {isQueued
          ? 'It has not begun, so nothing is lost.'
          : 'The runner finishes the performers in hand. What is in the catalog stays, but no version is published.'}
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
