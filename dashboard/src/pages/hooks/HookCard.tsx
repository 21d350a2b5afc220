import { useModel } from '@preact/signals';
import type { Delivery, Hook, HookTest } from '@trainer/contract/hooks';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { hookPresets } from '../../derive/hook-presets.ts';
import { changedHookRequest, switchedHookRequest } from '../../derive/hook-request.ts';
import { deliveryState, eventLabel, eventsText, hookState, lowerFirst } from '../../derive/hook-text.ts';
import { formatCount } from '../../derive/numbers.ts';
import { HookModel } from '../../models/HooksModel.ts';
import { ExternalText, RelativeTime, StateBadge } from '../../parts/inline.tsx';
import { FailureNote, Notice } from '../../parts/Notice.tsx';
import { Deliveries } from './Deliveries.tsx';
import { HookForm } from './HookForm.tsx';

interface Props {
  hook: Hook;
  now: number;
  onChanged: () => Promise<void>;
  onRemove: () => void;
}

/** One hook: where it leads, what it is told of, how that went last, and the test button. */
export function HookCard({ hook, now, onChanged, onRemove }: Props) {
  const { connection } = useDashboard();
  const model = useModel(() => new HookModel(connection, hook.id, onChanged));
  const [isChanging, setChanging] = useState(false);
  const { test, change, answer } = model;
  const endChanging = () => {
    setChanging(false);
    change.clearError();
  };
  if (isChanging) {
    return (
      <HookForm
        title={`Change “${hook.name}”`}
        verb="Save"
        hook={hook}
        busy={change.busy.value}
        error={change.error.value}
        onSubmit={async (form) => {
          if (await change.go(changedHookRequest(form, hook))) endChanging();
        }}
        onChange={change.clearError}
        onCancel={endChanging}
      />
    );
  }
  return (
    <section class="card" aria-label={hook.name}>
      <header class="card-head">
        <h2>
          <ExternalText>{hook.name}</ExternalText>
        </h2>
        <StateBadge {...hookState(hook)} />
        <p class="muted">
          {hookPresets[hook.kind].title} at <code>{hook.hint}</code>
        </p>
        <div class="actions hook-actions">
          <button type="button" disabled={test.busy.value} onClick={() => void test.go()}>
            {test.busy.value ? 'Testing…' : 'Test'}
          </button>
          <button type="button" onClick={() => setChanging(true)}>
            Change…
          </button>
          <button
            type="button"
            disabled={change.busy.value}
            onClick={() => void change.go(switchedHookRequest(hook, !hook.enabled))}
          >
            {hook.enabled ? 'Turn off' : 'Turn on'}
          </button>
          <button type="button" class="danger-quiet" onClick={onRemove}>
            Remove…
          </button>
        </div>
      </header>
      {hook.disabled_reason !== null && (
        <Notice tone="bad" title="The receiver rejected messages permanently">
          <p>{hook.disabled_reason}. Fix this, then turn the hook on again.</p>
        </Notice>
      )}
      <p>Sends a message when {eventsText(hook)}.</p>
      <FailureNote error={change.error.value} />
      <TestAnswer answer={answer.value} error={test.error.value} />
      <LastDelivery delivery={hook.last_delivery} now={now} />
      {hook.last_delivery && <Deliveries hookId={hook.id} now={now} />}
    </section>
  );
}

/** What the receiver said to the test message. */
function TestAnswer({ answer, error }: { answer: HookTest | null; error: unknown }) {
  if (!answer) return <FailureNote error={error} />;
  return (
    <Notice
      tone={answer.ok ? 'good' : 'bad'}
      title={answer.ok ? 'The test message was accepted' : 'The test message was rejected'}
    >
      <p>
        {answer.said} <span class="muted nobr">after {formatCount(answer.took_ms)} ms</span>
      </p>
    </Notice>
  );
}

interface LastDeliveryProps {
  delivery: Delivery | null;
  now: number;
}

/** How the newest delivery went. */
function LastDelivery({ delivery, now }: LastDeliveryProps) {
  if (!delivery) return <p class="muted">No event has occurred yet.</p>;
  const { event, created_at, last_error, next_attempt_at, attempts } = delivery;
  return (
    <div class="last-delivery">
      <p>
        Last: {lowerFirst(eventLabel(event))}, <RelativeTime at={created_at} now={now} />{' '}
        <StateBadge {...deliveryState(delivery)} />
      </p>
      {last_error && (
        <p class="muted">
          {last_error}
          {next_attempt_at && attempts > 0 && (
            <>
              . Next attempt <RelativeTime at={next_attempt_at} now={now} />.
            </>
          )}
        </p>
      )}
    </div>
  );
}
