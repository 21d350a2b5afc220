import type { RunnerView } from '@trainer/contract/leases';
import { countOf } from '../../derive/numbers.ts';
import type { Tone } from '../../derive/run-text.ts';
import { ExternalText, RelativeTime, StateBadge } from '../../parts/inline.tsx';
import { EmptyState, Notice } from '../../parts/Notice.tsx';

/** Runners with what they can do; those that were heard of last come first. */
export function RunnerList({ runners, now }: { runners: readonly RunnerView[]; now: number }) {
  if (runners.length === 0) {
    return (
      <EmptyState title="No runner has asked for work yet.">
        Start one with a token of scope “runner” and this control plane’s address.
      </EmptyState>
    );
  }
  return (
    <ul class="plain">
      {runners.map((runner) => (
        <li key={runner.runner_id} class="runner">
          <p>
            <strong>
              <ExternalText>{runner.name}</ExternalText>
            </strong>{' '}
            <StateBadge {...stateOf(runner)} />
          </p>
          <p class="muted">
            {runner.device}, version {runner.version}, {workloadText(runner)}
            {!runner.online && (
              <>
                , last seen <RelativeTime at={runner.last_seen_at} now={now} />
              </>
            )}
          </p>
          {runner.refused && <p>{runner.refused.reason}</p>}
          {runner.online && runner.paused && (
            <Notice tone="warn" title="Accepts no work">
              <p>{runner.paused}.</p>
            </Notice>
          )}
          <p class="muted">Packs ready: {readyPacks(runner)}</p>
          {runner.restarts && (
            <p class="muted">
              Restarted {countOf(runner.restarts.count, 'time')}, last{' '}
              <RelativeTime at={runner.restarts.last_at} now={now} />, because it {runner.restarts.reason}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Whether it works, or why it cannot. */
function stateOf({ online, refused }: RunnerView): { tone: Tone; label: string } {
  if (refused) return { tone: 'bad', label: refused.verdict === 'too_new' ? 'too new' : 'too old' };
  return online ? { tone: 'good', label: 'online' } : { tone: 'calm', label: 'offline' };
}

function workloadText({ leases, free_slots }: RunnerView): string {
  const busy = leases.length === 0 ? 'idle' : `working on ${countOf(leases.length, 'task')}`;
  return `${busy}, ${countOf(free_slots, 'free slot')}`;
}

function readyPacks({ packs }: RunnerView): string {
  const ready = packs.filter((pack) => pack.ready).map(({ id }) => id);
  return ready.length > 0 ? ready.join(', ') : 'none';
}

/** Says that nobody is there to work, and what to do about it. */
export function NoRunner({ isRunWaiting }: { isRunWaiting: boolean }) {
  return (
    <Notice tone="warn" title="No runner is online">
      <p>
        {isRunWaiting
          ? 'The run waits until a runner asks for work.'
          : 'A run can be started, and waits until a runner asks for work.'}{' '}
        Check that the runner’s container is up and can reach this address.
      </p>
    </Notice>
  );
}
