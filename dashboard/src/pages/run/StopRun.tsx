import type { RunView } from '@trainer/shared/runs';
import { useState } from 'preact/hooks';
import { useDashboard, useWorkspace } from '../../context.ts';
import { mayTrigger } from '../../derive/permissions.ts';
import { StopDialog } from '../../parts/StopDialog.tsx';

interface Props {
  run: RunView;
  /** Called after the control plane agreed. */
  onStopped?: () => void;
}

/** The button that stops the active run, and the question before it. */
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
    if (!(await runs.stop.go(reason))) return;
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
        {run.status === 'stopping' ? 'Stopping…' : 'Stop…'}
      </button>
      {asking && (
        <StopDialog
          run={run.id}
          busy={runs.stop.busy.value}
          error={runs.stop.error.value}
          onStop={(reason) => void stop(reason)}
          onClose={close}
        />
      )}
    </>
  );
}
