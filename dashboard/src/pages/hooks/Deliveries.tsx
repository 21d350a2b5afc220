import { useModel } from '@preact/signals';
import type { Delivery } from '@trainer/contract/hooks';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { deliveryState, eventLabel } from '../../derive/hook-text.ts';
import { DeliveriesModel } from '../../models/HooksModel.ts';
import { RelativeTime, StateBadge } from '../../parts/inline.tsx';
import { Loaded } from '../../parts/Notice.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

interface Props {
  hookId: number;
  now: number;
}

/** What the hook was told lately, behind a click. */
export function Deliveries({ hookId, now }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Deliveries</summary>
      {isOpen && <DeliveryList hookId={hookId} now={now} />}
    </details>
  );
}

function DeliveryList({ hookId, now }: Props) {
  const { connection, browser } = useDashboard();
  const model = useModel(() => new DeliveriesModel(connection, browser, hookId));
  const columns: Column<Delivery>[] = [
    { label: 'Event', cell: ({ event }) => eventLabel(event) },
    { label: 'Run', cell: ({ run_id }) => <a href={`/runs/${run_id}`}>{run_id}</a> },
    { label: 'When', cell: ({ created_at }) => <RelativeTime at={created_at} now={now} /> },
    { label: 'State', cell: (delivery) => <StateBadge {...deliveryState(delivery)} /> },
    { label: 'Attempts', numeric: true, cell: ({ attempts }) => attempts },
    { label: 'Next', cell: ({ next_attempt_at }) => <RelativeTime at={next_attempt_at} now={now} /> },
    { label: 'Last error', wide: true, cell: ({ last_error }) => last_error },
  ];
  return (
    <Loaded data={model.deliveries.value} error={model.error.value} what="the deliveries">
      {(all) => (
        <Table
          caption="Deliveries, newest first"
          columns={columns}
          rows={all}
          keyOf={({ message_id, event }) => `${event} ${message_id}`}
        />
      )}
    </Loaded>
  );
}
