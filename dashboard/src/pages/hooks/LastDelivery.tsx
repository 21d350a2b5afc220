import type { Delivery } from '@trainer/contract/hooks';
import { deliveryState, eventLabel, lowerFirst } from '../../derive/hook-words.ts';
import { Moment } from '../../parts/Moment.tsx';
import { StateBadge } from '../../parts/StateBadge.tsx';

interface Props {
  delivery: Delivery | null;
  now: number;
}

/** How the newest delivery went. */
export function LastDelivery({ delivery, now }: Props) {
  if (!delivery) return <p class="muted">Nothing of this has happened yet.</p>;
  const { event, created_at, last_error, next_attempt_at, attempts } = delivery;
  return (
    <div class="last-delivery">
      <p>
        Last: {lowerFirst(eventLabel(event))}, <Moment at={created_at} now={now} />{' '}
        <StateBadge {...deliveryState(delivery)} />
      </p>
      {last_error && (
        <p class="muted">
          {last_error}
          {next_attempt_at && attempts > 0 && (
            <>
              . It is tried again <Moment at={next_attempt_at} now={now} />.
            </>
          )}
        </p>
      )}
    </div>
  );
}
