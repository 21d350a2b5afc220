import type { SourceId } from '@trainer/contract/sources';
import type { Stage } from '../../derive/stages.ts';
import { StateBadge } from '../../parts/StateBadge.tsx';
import { TaskTable } from '../../parts/TaskTable.tsx';

const states = {
  waiting: ['calm', 'not begun'],
  active: ['busy', 'under way'],
  over: ['good', 'over'],
} as const;

interface Props {
  stage: Stage;
  titleOf: (source: SourceId | null) => string;
  now: number;
}

/** One of the three stages of a run with its tasks. */
export function StageSection({ stage, titleOf, now }: Props) {
  const [tone, label] = states[stage.state];
  const wentAwry = stage.tasks.some(({ status }) => status === 'failed' || status === 'skipped');
  return (
    <section class={`card stage-${stage.state}`} aria-label={stage.title}>
      <header class="card-head">
        <h2>{stage.title}</h2>
        <StateBadge tone={wentAwry ? 'warn' : tone} label={label} />
        <p class="muted">{stage.gloss}</p>
      </header>
      <TaskTable
        caption={`Tasks of the stage ${stage.title}`}
        tasks={stage.tasks}
        titleOf={titleOf}
        now={now}
        detailed={stage.state !== 'waiting' && stage.kind !== 'publish'}
      />
    </section>
  );
}
