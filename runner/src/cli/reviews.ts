import { isNameIn } from '@trainer/contract/names';
import {
  type Decision,
  decisions,
  type Review,
  type ReviewKind,
  type ReviewStatus,
  reviewKinds,
  reviewStatuses,
} from '@trainer/contract/reviews';
import { visible } from '@trainer/contract/visible';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { connect } from './connect.ts';
import { wholeNumber } from './runs.ts';
import { show, type Terminal } from './terminal.ts';

export function addReviews(program: Command, terminal: Terminal): void {
  const reviews = program
    .command('reviews')
    .description('what runs found and would not guess: suspected duplicates, doubtful faces, conflicts');
  addList(reviews, terminal);
  addDecide(reviews, terminal);
  addUndo(reviews, terminal);
}

interface ListOptions {
  status: ReviewStatus;
  kind?: ReviewKind;
  limit: number;
  before?: number;
  json?: boolean;
}

function addList(reviews: Command, terminal: Terminal): void {
  reviews
    .command('list', { isDefault: true })
    .description('reviews with their evidence, newest first')
    .addOption(new Option('--status <status>', 'which').choices(Object.keys(reviewStatuses)).default('open'))
    .addOption(new Option('--kind <kind>', 'only this kind').choices(Object.keys(reviewKinds)))
    .option('--limit <n>', 'how many', wholeNumber, 20)
    .option('--before <id>', 'go on below this id', wholeNumber)
    .option('--json', 'as JSON')
    .action(async ({ json, ...query }: ListOptions) => {
      const list = await connect(terminal)('GET /api/reviews', { query });
      show(terminal, { json }, list, () => describeList(list, query));
    });
}

function addDecide(reviews: Command, terminal: Terminal): void {
  reviews
    .command('decide')
    .description('decides a review; the next run brings the catalog to it')
    .argument('<id>', 'number of the review', wholeNumber)
    .argument('<decision>', Object.keys(decisions).join(', '), decisionOf)
    .option('--json', 'as JSON')
    .action(async (id: number, decision: Decision, options: { json?: boolean }) => {
      const request = { params: { id }, body: { decision } };
      const decided = await connect(terminal)('PUT /api/reviews/{id}/decision', request);
      show(terminal, options, decided, () => `Review ${id}: ${decision}. The next run applies it.`);
    });
}

function addUndo(reviews: Command, terminal: Terminal): void {
  reviews
    .command('undo')
    .description('takes a decision back; so does the next run')
    .argument('<id>', 'number of the review', wholeNumber)
    .option('--json', 'as JSON')
    .action(async (id: number, options: { json?: boolean }) => {
      const review = await connect(terminal)('DELETE /api/reviews/{id}/decision', { params: { id } });
      show(terminal, options, review, () => `Review ${id} is ${review.status} again.`);
    });
}

/** For commander: a decision on the command line. */
function decisionOf(text: string): Decision {
  const found = (['same', 'different', 'drop'] as const).find((decision) => decision === text);
  if (found) return found;
  throw new InvalidArgumentError(`It has to be one of ${Object.keys(decisions).join(', ')}.`);
}

function describeList(
  list: readonly Review[],
  { status, limit }: Pick<ListOptions, 'status' | 'limit'>,
): string {
  if (list.length === 0) return status === 'open' ? 'Nothing to decide.' : `No review is ${status}.`;
  const last = list.at(-1);
  const more = list.length >= limit && last ? [`More: --before ${last.id}`] : [];
  return [...list.map(describe), ...more].join('\n\n');
}

function describe(review: Review): string {
  const { id, kind, summary, performers, evidence, distance, choices, decision, run_id } = review;
  return [
    `${id}  ${summary}`,
    `    ${isNameIn(reviewKinds, kind) ? reviewKinds[kind].gloss : kind}; found in run ${run_id}`,
    ...performers.map(({ name, ids, pages }) => `    ${[name, ...ids, ...pages].join('  ')}`),
    ...evidence.map(
      ({ label, value, url }) => `    ${label}: ${value}${url && url !== value ? `  ${url}` : ''}`,
    ),
    ...(distance === null ? [] : [`    distance of the faces: ${distance.toFixed(3)}`]),
    decision ? `    ${decided(decision)}` : `    decide: ${choices.join(' or ')}`,
  ]
    .map(visible)
    .join('\n');
}

function decided({ decision, actor, at, applied_run_id: run }: NonNullable<Review['decision']>): string {
  const applied = run === null ? 'the next run applies it' : `applied in run ${run}`;
  return `${decision}, said ${actor} at ${at.slice(0, 16).replace('T', ' ')}; ${applied}`;
}
