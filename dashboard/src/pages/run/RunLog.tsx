import { useModel } from '@preact/signals';
import type { SourceId } from '@trainer/contract/sources';
import { useDashboard } from '../../context/context.ts';
import { RunLogModel } from '../../models/RunLogModel.ts';
import { LogView } from '../../parts/LogView.tsx';

interface Props {
  id: number;
  sources: readonly SourceId[];
  titleOf: (source: SourceId | null) => string;
}

/** The live log of a run. */
export function RunLog({ id, sources, titleOf }: Props) {
  const { connection, browser } = useDashboard();
  const log = useModel(() => new RunLogModel(connection, browser, id));
  return (
    <section class="card">
      <h2>Log</h2>
      <LogView
        lines={log.lines.value}
        state={log.state.value}
        source={log.source.value}
        level={log.level.value}
        follow={log.follow.value}
        sources={sources}
        titleOf={titleOf}
        onFilter={log.filter}
        onFollow={log.setFollow}
      />
    </section>
  );
}
