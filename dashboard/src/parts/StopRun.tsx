import type { RunView } from '@trainer/contract/runs';
import { useState } from 'preact/hooks';
import { useDashboard, useWorkspace } from '../context/context.ts';
import { mayTrigger } from '../derive/permissions.ts';
import { StopDialog } from './StopDialog.tsx';

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
  const who = session.session.value;
  if (!who || !mayTrigger(who)) return null;

  const close = () => {
    setAsking(false);
    runs.stop.forgive();
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
