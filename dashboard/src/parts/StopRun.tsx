import type { RunView } from '@trainer/contract/runs';
import { useState } from 'preact/hooks';
import { useDashboard, useWorkspace } from '../context/context.ts';
import { mayTrigger } from '../derive/permissions.ts';
import { ConfirmDialog } from './Dialog.tsx';
import { Field } from './Field.tsx';

interface Props {
  run: RunView;
  /** Called after the control plane agreed. */
  onStopped?: () => void;
}

const verbs: Partial<Record<RunView['status'], string>> = { queued: 'Cancel…', stopping: 'Stopping…' };

/** The button that stops a run, or takes it out of the line, and the question before it. */
export function StopRun({ run, onStopped }: Props) {
  const { session } = useDashboard();
  const { runs } = useWorkspace();
  const [asking, setAsking] = useState(false);
  const user = session.session.value;
  if (!user || !mayTrigger(user)) return null;

  const close = () => {
    setAsking(false);
    runs.stop.clearError();
  };
  const stop = async (reason: string) => {
    if (!(await runs.stop.go(run.id, reason))) return;
    close();
    onStopped?.();
  };
  return (
    <>
      <button
        type="button"
        class="danger-quiet"
        disabled={run.status === 'stopping'}
        onClick={() => setAsking(true)}
      >
        {verbs[run.status] ?? 'Stop…'}
      </button>
      {asking && (
        <StopDialog
          run={run}
          busy={runs.stop.busy.value}
          error={runs.stop.error.value}
          onStop={(reason) => void stop(reason)}
          onClose={close}
        />
      )}
    </>
  );
}

interface StopDialogProps {
  run: Pick<RunView, 'id' | 'status'>;
  busy: boolean;
  error: unknown;
  onStop: (reason: string) => void;
  onClose: () => void;
}

/** Asks whether the run shall really be stopped, and why. */
function StopDialog({ run, busy, error, onStop, onClose }: StopDialogProps) {
  const [reason, setReason] = useState('');
  const isQueued = run.status === 'queued';
  const verb = `${isQueued ? 'Cancel' : 'Stop'} run ${run.id}`;
  return (
    <ConfirmDialog
      title={`${verb}?`}
      verb={verb}
      cancelLabel={isQueued ? 'Keep it queued' : 'Keep it running'}
      busy={busy}
      error={error}
      onConfirm={() => onStop(reason.trim())}
      onClose={onClose}
    >
      <p>
        {isQueued
          ? 'It has not started, so nothing is lost.'
          : 'The runner finishes the performers it is processing. The catalog keeps its contents, but no version is published.'}
      </p>
      <Field label="Reason (optional)" hint="Shown with the run.">
        {(inputProps) => (
          <input
            {...inputProps}
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
