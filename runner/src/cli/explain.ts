import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '@trainer/contract/client';
import type { ExplainedPerformer, Explanation, Question } from '@trainer/contract/questions';
import { visible } from '@trainer/contract/visible';
import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { connect } from './connect.ts';
import { table } from './format.ts';
import { show, type Terminal } from './terminal.ts';

const lookEveryMs = 200;

export function addExplain(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .description('why a performer is in the catalog: every face and link with its reason; or why not')
    .argument('<about...>', 'an id (stashdb.org:018f…, or the id alone) or a name')
    .option('--json', 'as JSON')
    .action(async (words: string[], options: { json?: boolean }) => {
      const answer = await ask(connect(terminal), words.join(' '), terminal.interrupted);
      show(terminal, options, answer, () => describe(answer));
    });
}

/** The runner that serves answers, so that nobody else has to open its catalog. */
async function ask(call: Call, about: string, signal: AbortSignal): Promise<Explanation> {
  let question: Question = await call('POST /api/questions', { body: { about }, signal });
  while (question.status === 'waiting') {
    await sleep(lookEveryMs, undefined, { signal });
    question = await call('GET /api/questions/{id}', { params: { id: question.id }, signal });
  }
  if (question.status === 'answered') return question.answer;
  throw new CliError(
    'failed',
    'No runner answered within a minute. See with `runner status` whether one is online.',
  );
}

function describe({ summary, performers, performers_total, attempts }: Explanation): string {
  const more = performers_total - performers.length;
  return [
    visible(summary),
    ...performers.map(describePerformer),
    ...(more > 0 ? [`${more} more with this name: ask with an id.`] : []),
    ...(attempts.length === 0
      ? []
      : [
          `Tried without success:\n${table(
            attempts.map(({ source, what, why_not, url, at }) => [
              `  ${source}`,
              what,
              why_not,
              day(at),
              url ?? '',
            ]),
          )}`,
        ]),
  ].join('\n\n');
}

function describePerformer({ name, ids, links, faces }: ExplainedPerformer): string {
  return [
    visible([name, ...ids].join('  ')),
    links.length === 0
      ? '  a single record'
      : table(links.map(({ to, source, rule, at }) => [`  ${to}`, source, rule, day(at)])),
    faces.length === 0
      ? '  no face'
      : table(
          faces.map(({ source, rule, distance, at, page_url, image_url }) => [
            `  face from ${source}`,
            rule,
            distance === null ? '' : distance.toFixed(3),
            day(at),
            [page_url, image_url].filter(Boolean).join('  '),
          ]),
        ),
  ].join('\n');
}

function day(at: string | null): string {
  return at?.slice(0, 10) ?? '';
}
