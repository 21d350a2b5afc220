import { ApiProblem } from '@trainer/contract/client';
import { FailureNote, Notice } from '../../parts/Notice.tsx';

interface Props {
  warnings: readonly string[];
  /** Why the control plane was not asked with success. */
  error: unknown;
}

/** What somebody should see to: full disks, runners that take no work. What cannot be reached at all is said elsewhere. */
export function HealthNotes({ warnings, error }: Props) {
  if (error instanceof ApiProblem) return <FailureNote error={error} />;
  return warnings.map((warning) => (
    <Notice key={warning} tone="warn">
      <p>{warning}</p>
    </Notice>
  ));
}
