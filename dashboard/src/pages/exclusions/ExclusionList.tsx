import type { Exclusion } from '@trainer/contract/exclusions';
import { exclusionWords, removedWords } from '../../derive/exclusion-text.ts';
import { countOf } from '../../derive/numbers.ts';
import { Moment, Name, StateBadge } from '../../parts/inline.tsx';
import { EmptyState } from '../../parts/Notice.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

interface Props {
  exclusions: readonly Exclusion[];
  titleOf: (source: string) => string;
  now: number;
  onTakeBack: (exclusion: Exclusion) => void;
}

/** Those in force with their receipts, and behind a click those that were taken back. */
export function ExclusionList({ exclusions, titleOf, now, onTakeBack }: Props) {
  const inForce = exclusions.filter(({ removed_at }) => removed_at === null);
  const past = exclusions.filter(({ removed_at }) => removed_at !== null);
  const whom: Column<Exclusion> = {
    label: 'Person',
    cell: (each) => <Person exclusion={each} words={exclusionWords(each, titleOf)} />,
  };
  return (
    <section class="card" aria-label="Exclusions">
      <h2>In force</h2>
      {inForce.length === 0 ? (
        <EmptyState title="Nobody is excluded.">
          Who asks not to be in the database is added above, and is in no version from then on.
        </EmptyState>
      ) : (
        <Table
          caption="Exclusions in force, newest first"
          columns={[
            whom,
            { label: 'Added', cell: (each) => <By at={each.created_at} actor={each.actor} now={now} /> },
            { label: 'Receipt', cell: (each) => <Receipt exclusion={each} now={now} /> },
            {
              label: 'Take back',
              cell: (each) => (
                <button
                  type="button"
                  class="small danger-quiet"
                  aria-label={`Take back: ${exclusionWords(each, titleOf)}`}
                  onClick={() => onTakeBack(each)}
                >
                  Take back…
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
          <summary>{countOf(past.length, 'exclusion')} taken back</summary>
          <Table
            caption="Exclusions that were taken back"
            columns={[
              whom,
              { label: 'Added', cell: (each) => <By at={each.created_at} actor={each.actor} now={now} /> },
              {
                label: 'Taken back',
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
      <Name>{words}</Name>
      {exclusion.note && (
        <p class="muted">
          <Name>{exclusion.note}</Name>
        </p>
      )}
    </div>
  );
}

function By({ at, actor, now }: { at: string | null; actor: string | null; now: number }) {
  return (
    <span>
      <Moment at={at} now={now} />{' '}
      <span class="muted">
        by <Name>{actor}</Name>
      </span>
    </span>
  );
}

function Receipt({ exclusion, now }: { exclusion: Exclusion; now: number }) {
  const { receipt } = exclusion;
  if (!receipt) return <StateBadge tone="warn" label="waits for the next version" />;
  return (
    <div class="receipt">
      <StateBadge tone="good" label="kept out" />
      <p class="muted">
        since version <a href={`/versions#${receipt.first_version}`}>{receipt.first_version}</a>,{' '}
        <Moment at={receipt.at} now={now} />
      </p>
      <p class="muted">{removedWords(exclusion)}</p>
    </div>
  );
}
