/**
 * The events that a hook can tell of, in words: for the checkboxes, for the messages, for the pages. Without schemas, so
 * that the dashboard loads the words too.
 *
 * `title` heads the message; `{run}`, `{source}` and `{version}` are filled in. `tone` decides colour and urgency.
 * What is ticked by default is what somebody has to act on, and a version to fetch: a hook is quiet otherwise.
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
    gloss: 'its pages no longer yield what they did, and somebody should look at it',
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
    gloss: 'its turn came',
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
    gloss: 'somebody stopped it',
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

/** What a new hook tells of unless somebody says otherwise. */
export const defaultHookEvents = hookEventNames.filter((event) => hookEvents[event].isDefault);

function isHookEvent(value: string): value is HookEvent {
  return Object.hasOwn(hookEvents, value);
}
