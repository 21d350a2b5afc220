import type { Question } from '@trainer/contract/questions';
import { useWorkspace } from '../../context/context.ts';
import { Notice } from '../../parts/Notice.tsx';

interface Props {
  question: Question;
  onAgain: () => void;
}

/** Until there is an answer, or once it is clear that there will be none. */
export function Waiting({ question, onAgain }: Props) {
  const { runners } = useWorkspace();
  const isNobodyThere = runners.runners.value !== undefined && runners.online.value.length === 0;
  if (question.status === 'expired') {
    return (
      <Notice
        tone="warn"
        title="No runner answered within a minute"
        actions={
          <button type="button" onClick={onAgain}>
            Ask again
          </button>
        }
      >
        <p>Only the runner knows what is in its catalog. See on the dashboard whether one is online.</p>
      </Notice>
    );
  }
  if (isNobodyThere) {
    return (
      <Notice tone="warn" title="No runner is online">
        <p>The question about “{question.about}” waits a minute for one to come.</p>
      </Notice>
    );
  }
  return <p class="loading">Asking the runner about “{question.about}”…</p>;
}
