import type { Question } from '@trainer/contract/questions';
import { useDashboard } from '../../context/context.ts';
import { countOf } from '../../derive/numbers.ts';
import { Moment, Name, PageLink } from '../../parts/inline.tsx';
import { EmptyState, Notice } from '../../parts/Notice.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { PerformerCard } from './PerformerCard.tsx';

type Answered = Extract<Question, { status: 'answered' }>;
type Attempt = Answered['answer']['attempts'][number];

/** Everything that the runner knows about whom was asked for. */
export function AnswerView({ question }: { question: Answered }) {
  const { clock } = useDashboard();
  const { performers, performers_total, attempts, summary } = question.answer;
  const now = clock.now.value;
  const more = performers_total - performers.length;
  return (
    <>
      {performers.length === 0 ? (
        <Notice title={`“${question.about}” is not in the catalog`}>
          <p>
            <Name>{summary}</Name>
          </p>
        </Notice>
      ) : (
        <p class="lead">
          <Name>{summary}</Name>
        </p>
      )}
      {performers.map((performer, index) => (
        // Names repeat, and the answer never changes.
        <PerformerCard key={index} performer={performer} now={now} />
      ))}
      {more > 0 && (
        <Notice title={`${countOf(more, 'more performer')} with this name`}>
          <p>Ask with an id instead, such as those on the pages of their stash-box.</p>
        </Notice>
      )}
      <section class="card" aria-label="Tried without success">
        <h2>Tried without success</h2>
        {attempts.length === 0 ? (
          <EmptyState title="Nothing.">
            {performers.length === 0
              ? 'No source that was used so far listed anybody like that.'
              : 'All that was found was taken.'}
          </EmptyState>
        ) : (
          <Table caption="What was tried, and why not" columns={columns(now)} rows={attempts} keyOf={keyOf} />
        )}
      </section>
    </>
  );
}

function columns(now: number): Column<Attempt>[] {
  return [
    { label: 'Source', cell: ({ source }) => source },
    { label: 'What', cell: ({ what, url }) => (url ? <PageLink href={url}>{what}</PageLink> : what) },
    { label: 'Why not', wide: true, cell: ({ why_not }) => why_not },
    { label: 'When', cell: ({ at }) => <Moment at={at} now={now} /> },
  ];
}

function keyOf({ source, what, why_not, url, at }: Attempt): string {
  return [source, what, why_not, url, at].join(' ');
}
