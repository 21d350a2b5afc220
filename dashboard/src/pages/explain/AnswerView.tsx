import type { Question } from '@trainer/contract/questions';
import { useDashboard } from '../../context/context.ts';
import { countOf } from '../../derive/numbers.ts';
import { ExternalText, PageLink, RelativeTime } from '../../parts/inline.tsx';
import { EmptyState, Notice } from '../../parts/Notice.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { PerformerCard } from './PerformerCard.tsx';

type Answered = Extract<Question, { status: 'answered' }>;
type Action = Answered['answer']['attempts'][number];

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
            <ExternalText>{summary}</ExternalText>
          </p>
        </Notice>
      ) : (
        <p class="lead">
          <ExternalText>{summary}</ExternalText>
        </p>
      )}
      {performers.map((performer, index) => (
        // Names repeat, and the answer never changes.
        <PerformerCard key={index} performer={performer} now={now} />
      ))}
      {more > 0 && (
        <Notice title={`${countOf(more, 'more performer')} with this name`}>
          <p>Ask with an id instead: the page of a performer at a stash-box shows it.</p>
        </Notice>
      )}
      <section class="card" aria-label="Tried without success">
        <h2>Tried without success</h2>
        {attempts.length === 0 ? (
          <EmptyState title="None.">
            {performers.length === 0
              ? 'No source used so far listed a performer with this id or name.'
              : 'Everything that was found was accepted.'}
          </EmptyState>
        ) : (
          <Table caption="What was tried, and why not" columns={columns(now)} rows={attempts} keyOf={keyOf} />
        )}
      </section>
    </>
  );
}

function columns(now: number): Column<Action>[] {
  return [
    { label: 'Source', cell: ({ source }) => source },
    { label: 'What', cell: ({ what, url }) => (url ? <PageLink href={url}>{what}</PageLink> : what) },
    { label: 'Why not', wide: true, cell: ({ why_not }) => why_not },
    { label: 'When', cell: ({ at }) => <RelativeTime at={at} now={now} /> },
  ];
}

function keyOf({ source, what, why_not, url, at }: Action): string {
  return [source, what, why_not, url, at].join(' ');
}
