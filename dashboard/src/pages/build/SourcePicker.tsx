import type { SourceView } from '@trainer/contract/leases';
import type { SourceId } from '@trainer/contract/sources';
import { groupSources, type SourceGroup } from '../../derive/source-groups.ts';
import { Checkbox } from '../../parts/Field.tsx';

interface Props {
  sources: readonly SourceView[];
  picked: readonly SourceId[];
  error: string | undefined;
  onToggle: (id: SourceId, on: boolean) => void;
  onToggleAll: (ids: readonly SourceId[], on: boolean) => void;
}

/** Sources by kind, each with whether a runner can serve it and why not. */
export function SourcePicker({ sources, picked, error, onToggle, onToggleAll }: Props) {
  return (
    <div class="source-groups">
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      {groupSources(sources).map((group) => (
        <Group key={group.kind} group={group} picked={picked} onToggle={onToggle} onToggleAll={onToggleAll} />
      ))}
    </div>
  );
}

interface GroupProps extends Pick<Props, 'picked' | 'onToggle' | 'onToggleAll'> {
  group: SourceGroup<SourceView>;
}

function Group({ group, picked, onToggle, onToggleAll }: GroupProps) {
  const usable = group.sources.filter(({ available }) => available).map(({ id }) => id);
  const areAllPicked = usable.length > 0 && usable.every((id) => picked.includes(id));
  return (
    <fieldset class="card">
      <legend>
        {group.title} <span class="muted">{group.description}</span>
      </legend>
      {usable.length > 1 && (
        <button type="button" class="link" onClick={() => onToggleAll(usable, !areAllPicked)}>
          {areAllPicked ? 'Select none' : 'Select all available'}
        </button>
      )}
      <div class="source-grid">
        {group.sources.map(({ id, title, available, reason, note, conflict }) => (
          <div key={id} class={available ? '' : 'unavailable'}>
            <Checkbox
              label={title}
              note={[
                available ? ['available', note].filter(Boolean).join(': ') : (reason ?? 'not available'),
                ...(conflict ? [conflict] : []),
              ].join('. ')}
              checked={picked.includes(id)}
              onChange={(on) => onToggle(id, on)}
            />
          </div>
        ))}
      </div>
    </fieldset>
  );
}
