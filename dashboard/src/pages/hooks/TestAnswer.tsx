import type { HookTest } from '@trainer/contract/hooks';
import { formatCount } from '../../derive/numbers.ts';
import { FailureNote, Notice } from '../../parts/Notice.tsx';

/** What the receiver said to the test message. */
export function TestAnswer({ answer, error }: { answer: HookTest | null; error: unknown }) {
  if (!answer) return <FailureNote error={error} />;
  return (
    <Notice
      tone={answer.ok ? 'good' : 'bad'}
      title={answer.ok ? 'The test message was taken' : 'The test message was not taken'}
    >
      <p>
        {answer.said} <span class="muted nobr">after {formatCount(answer.took_ms)} ms</span>
      </p>
    </Notice>
  );
}
