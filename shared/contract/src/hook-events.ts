/**
 * The events of hooks with their texts for check boxes, messages and pages. Without schemas, so that the dashboard can load
 * this file.
 *
 * `title` heads the message; `{run}`, `{source}` and `{version}` are filled in. `tone` decides colour and urgency.
 * Selected by default are events that need an action, and new versions.
 */
export const hookEvents = {
  'run.finished_with_errors': {
    label: 'A run finished with errors',
    gloss: 'it published a version, but a source failed or something could not be read',
    title: 'Run {run} finished with errors',
    tone: 'warn',
    isDefault: true,
  },
  'run.failed': {
    label: 'A run failed',
    gloss: 'it published nothing',
    title: 'Run {run} failed',
    tone: 'bad',
    isDefault: true,
  },
  'source.paused': {
    label: 'A source is paused',
    gloss: 'its pages no longer yield the expected data, and an operator should check it',
    title: '{source} is paused',
    tone: 'warn',
    isDefault: true,
  },
  'version.published': {
    label: 'A version is published',
    gloss: 'it can be fetched',
    title: 'Version {version} is published',
    tone: 'good',
    isDefault: true,
  },
  'run.started': {
    label: 'A run started',
    gloss: 'it was the next in the queue',
    title: 'Run {run} has started',
    tone: 'calm',
    isDefault: false,
  },
  'run.finished': {
    label: 'A run finished without errors',
    gloss: 'it published a version, and nothing went wrong',
    title: 'Run {run} finished',
    tone: 'good',
    isDefault: false,
  },
  'run.cancelled': {
    label: 'A run was cancelled',
    gloss: 'it was stopped by a user',
    title: 'Run {run} was cancelled',
    tone: 'calm',
    isDefault: false,
  },
} as const satisfies Record<string, HookEventWords>;

interface HookEventWords {
  label: string;
  gloss: string;
  title: string;
  tone: 'good' | 'calm' | 'warn' | 'bad';
  isDefault: boolean;
}

export type HookEvent = keyof typeof hookEvents;

/** Every event, in the order in which they are shown. */
export const hookEventNames = Object.keys(hookEvents).filter(isHookEvent);

/** The events of a new hook, unless others are chosen. */
export const defaultHookEvents = hookEventNames.filter((event) => hookEvents[event].isDefault);

function isHookEvent(value: string): value is HookEvent {
  return Object.hasOwn(hookEvents, value);
}
