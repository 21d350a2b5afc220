import { type HookEvent, hookEvents } from '@trainer/contract/hook-events';
import type { HookMessage } from '@trainer/contract/hooks';
import type { SourceId } from '@trainer/contract/sources';
import { visible, visibleLines } from '@trainer/contract/visible';
import type { RunRow, TaskRow } from '../db/schema/runs.ts';
import { isoTime } from '../http/iso-time.ts';
import { errorsOf, failedTasks } from '../runs/advance-run.ts';
import { parseParams } from '../runs/parse-row.ts';
import type { DeliveryRow } from './store.ts';

/** The data of a message; `tasks` are all tasks of the run. */
export interface Facts {
  run: RunRow;
  tasks: readonly TaskRow[];
  publicUrl: URL | null;
  titleOf: (source: SourceId) => string;
}

type Data = HookMessage['data'];
type Content = Pick<Data, 'title' | 'text'> & Partial<Data>;

const nothing = {
  run_id: null,
  status: null,
  reason: null,
  source: null,
  version: null,
  performers: null,
  faces: null,
  errors: null,
  link: null,
} satisfies Partial<Data>;

/**
 * The message of a delivery. It contains only data that is final when the event happens, so every attempt sends the same message.
 */
export function composeMessage(
  { event, taskId, messageId, createdAt }: DeliveryRow,
  facts: Facts,
): HookMessage {
  const task = facts.tasks.find(({ id }) => id === taskId) ?? null;
  const content: Content = {
    run_id: facts.run.id,
    link: linkTo(`/runs/${facts.run.id}`, facts.publicUrl),
    title: titleOf(event, facts, task),
    ...contentOf(event, facts, task),
  };
  const data = { ...nothing, ...content, text: visibleLines(content.text) };
  return { type: event, id: messageId, time: isoTime(createdAt), data };
}

/** The message of the test button. */
export function composeTest(hookName: string, now: number, publicUrl: URL | null): HookMessage {
  const content: Content = {
    title: 'A test from stash-sense-trainer',
    text: `The messages of the hook “${visible(hookName)}” arrive here.`,
    link: linkTo('/hooks', publicUrl),
  };
  return { type: 'test', id: crypto.randomUUID(), time: isoTime(now), data: { ...nothing, ...content } };
}

function titleOf(event: HookEvent, { run, titleOf: named }: Facts, task: TaskRow | null): string {
  return hookEvents[event].title
    .replace('{run}', String(run.id))
    .replace('{version}', run.version ?? '')
    .replace('{source}', nameOf(task?.source ?? null, named));
}

function contentOf(
  event: HookEvent,
  { run, tasks, publicUrl, titleOf: named }: Facts,
  task: TaskRow | null,
): Omit<Content, 'title'> {
  const { status, reason, version, performers, faces } = run;
  const published = { version, performers, faces };
  const ended = { status, reason, errors: errorsOf(tasks) };
  switch (event) {
    case 'run.started':
      return { text: `${run.requestedBy} asked for it: ${sourceNames(run, named)}.`, status: 'running' };
    case 'run.finished':
      return { text: holding(run), ...published, ...ended };
    case 'run.finished_with_errors':
      return { text: `${holding(run)} ${troubles(tasks, named)}`, ...published, ...ended };
    case 'run.failed':
      return { text: sentence(reason ?? ''), ...ended };
    case 'run.cancelled':
      return { text: sentence(`Stopped by ${run.actor}: ${reason}`), ...ended };
    case 'version.published':
      return { text: holding(run), ...published, link: linkTo('/versions', publicUrl) };
    case 'source.paused':
      return {
        text: sentence(task?.reason ?? ''),
        reason: task?.reason ?? null,
        source: task?.source ?? null,
      };
  }
}

const number = new Intl.NumberFormat('en');

function holding({ id, version, performers, faces }: RunRow): string {
  return `Run ${id} published version ${version} with ${number.format(performers ?? 0)} performers and ${number.format(faces ?? 0)} faces.`;
}

function troubles(tasks: readonly TaskRow[], named: Facts['titleOf']): string {
  const failed = failedTasks(tasks).map(({ source, reason }) =>
    sentence(`${nameOf(source, named)} failed: ${reason}`),
  );
  const errors = errorsOf(tasks);
  const counted =
    errors === 0
      ? []
      : [errors === 1 ? '1 error was counted.' : `${number.format(errors)} errors were counted.`];
  return [...failed, ...counted].join(' ');
}

function sourceNames(run: RunRow, named: Facts['titleOf']): string {
  return parseParams(run).sources.map(named).join(', ');
}

function nameOf(source: TaskRow['source'], named: Facts['titleOf']): string {
  return source === null ? 'Publishing' : named(source);
}

/** Turns a reason into a sentence. */
function sentence(reason: string): string {
  const text = reason.charAt(0).toUpperCase() + reason.slice(1);
  return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}

function linkTo(path: string, publicUrl: URL | null): string | null {
  return publicUrl && new URL(path, publicUrl).href;
}
