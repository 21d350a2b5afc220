import type { Exclusion } from '@trainer/contract/exclusions';
import { exclusionText, removedText } from '../../derive/exclusion-text.ts';
import { countOf } from '../../derive/numbers.ts';
import { ExternalText, RelativeTime, StateBadge } from '../../parts/inline.tsx';
import { EmptyState } from '../../parts/Notice.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

interface Props {
  exclusions: readonly Exclusion[];
  titleOf: (source: string) => string;
  now: number;
  onRevoke: (exclusion: Exclusion) => void;
}

/** Those in force with their receipts, and behind a click those that were taken back. */
export function ExclusionList({ exclusions, titleOf, now, onRevoke }: Props) {
  const inForce = exclusions.filter(({ removed_at }) => removed_at === null);
  const past = exclusions.filter(({ removed_at }) => removed_at !== null);
  const whom: Column<Exclusion> = {
    label: 'Person',
    cell: (each) => <Person exclusion={each} words={exclusionText(each, titleOf)} />,
  };
  return (
    <section class="card" aria-label="Exclusions">
      <h2>In force</h2>
      {inForce.length === 0 ? (
        <EmptyState title="No exclusions.">
          Add people who ask not to be in the database above. They are in no version from then on.
        </EmptyState>
      ) : (
        <Table
          caption="Exclusions in force, newest first"
          columns={[
            whom,
            { label: 'Added', cell: (each) => <By at={each.created_at} actor={each.actor} now={now} /> },
            { label: 'Receipt', cell: (each) => <Receipt exclusion={each} now={now} /> },
            {
              label: 'Revoke',
              cell: (each) => (
                <button
                  type="button"
                  class="small danger-quiet"
                  aria-label={`Revoke: ${exclusionText(each, titleOf)}`}
                  onClick={() => onRevoke(each)}
                >
                  Revoke…
                </button>
              ),
            },
          ]}
          rows={inForce}
          keyOf={({ id }) => id}
        />
      )}
      {past.length > 0 && (
        <details>
          <summary>{countOf(past.length, 'exclusion')} revoked</summary>
          <Table
            caption="Revoked exclusions"
            columns={[
              whom,
              { label: 'Added', cell: (each) => <By at={each.created_at} actor={each.actor} now={now} /> },
              {
                label: 'Revoked',
                cell: (each) => <By at={each.removed_at} actor={each.removed_by} now={now} />,
              },
            ]}
            rows={past}
            keyOf={({ id }) => id}
          />
        </details>
      )}
    </section>
  );
}

function Person({ exclusion, words }: { exclusion: Exclusion; words: string }) {
  return (
    <div class="person-cell">
      <ExternalText>{words}</ExternalText>
      {exclusion.note && (
        <p class="muted">
          <ExternalText>{exclusion.note}</ExternalText>
        </p>
      )}
    </div>
  );
}

function By({ at, actor, now }: { at: string | null; actor: string | null; now: number }) {
  return (
    <span>
      <RelativeTime at={at} now={now} />{' '}
      <span class="muted">
        by <ExternalText>{actor}</ExternalText>
      </span>
    </span>
  );
}

function Receipt({ exclusion, now }: { exclusion: Exclusion; now: number }) {
  const { receipt } = exclusion;
  if (!receipt) return <StateBadge tone="warn" label="waits for the next version" />;
  return (
    <div class="receipt">
      <StateBadge tone="good" label="excluded" />
      <p class="muted">
        since version <a href={`/versions#${receipt.first_version}`}>{receipt.first_version}</a>,{' '}
        <RelativeTime at={receipt.at} now={now} />
      </p>
      <p class="muted">{removedText(exclusion)}</p>
    </div>
  );
}
