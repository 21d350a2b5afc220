import { type HookEvent, hookEventNames, hookEvents } from '@trainer/contract/hook-events';
import { withEvent } from '../../derive/hook-request.ts';
import { Tick } from '../../parts/Field.tsx';

interface Props {
  events: readonly HookEvent[];
  error: string | undefined;
  onChange: (events: HookEvent[]) => void;
}

/** What the hook is told of. */
export function EventTicks({ events, error, onChange }: Props) {
  return (
    <fieldset class="event-ticks">
      <legend>Tell of</legend>
      <div class="source-grid">
        {hookEventNames.map((event) => (
          <div key={event}>
            <Tick
              label={hookEvents[event].label}
              note={hookEvents[event].gloss}
              checked={events.includes(event)}
              onChange={(isOn) => onChange(withEvent(events, event, isOn))}
            />
          </div>
        ))}
      </div>
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
