import { batch, computed, createModel, effect, signal } from '@preact/signals';
import { ApiProblem } from '@trainer/contract/client';
import type { ConfigView } from '@trainer/contract/config';
import type { Browser } from '../api/browser.ts';
import { describeFailure } from '../derive/failure.ts';
import {
  changedPaths,
  documentOf,
  type FieldValue,
  type FlatConfig,
  flatten,
} from '../derive/flat-config.ts';
import { createAction } from './action.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { createRemote, IDLE_MS } from './remote.ts';

interface Saved {
  revision: number;
  values: FlatConfig;
}

export interface ConflictRow {
  path: string;
  before: FieldValue | undefined;
  theirs: FieldValue | undefined;
  /** Set when the same field was edited here. */
  ours: FieldValue | undefined;
}

/**
 * The configuration form. `base` is the revision that was edited, `latest` the newest one of the control plane. When
 * they differ and there are edits, another user saved in the meantime: the user resolves the conflict.
 */
export const ConfigFormModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const remote = createRemote({
    browser,
    everyMs: () => IDLE_MS,
    load: () => connection.call('GET /api/config'),
  });
  const defaults = signal<FlatConfig | null>(null);
  const base = signal<Saved | null>(null);
  const edits = signal<FlatConfig>({});
  const latest = computed(() => (remote.data.value ? savedOf(remote.data.value) : null));
  const values = computed<FlatConfig>(() => ({ ...base.value?.values, ...edits.value }));
  const unsaved = computed(() => (base.value ? changedPaths(base.value.values, values.value) : []));
  const isOutdated = computed(() => latest.value !== null && latest.value.revision !== base.value?.revision);
  const conflict = computed(() => {
    if (!base.value || !latest.value || !isOutdated.value || unsaved.value.length === 0) return null;
    return {
      revision: latest.value.revision,
      rows: conflictRows(base.value.values, latest.value.values, edits.value),
    };
  });

  // Without edits the form follows the newest revision.
  effect(() => {
    if (isOutdated.value && unsaved.value.length === 0) rebase(latest.value);
  });
  effect(() => void loadDefaults());

  async function loadDefaults(): Promise<void> {
    // Revision 0 is the default configuration, before the first save.
    const first = connection.call('GET /api/config/revisions/{revision}', { params: { revision: 0 } });
    defaults.value = await first.then(flatten, () => null);
  }
  function rebase(saved: Saved | null, kept: FlatConfig = {}): void {
    batch(() => {
      base.value = saved;
      edits.value = kept;
    });
  }
  const save = createAction(async () => {
    if (!base.value) return;
    const body = documentOf(values.value, defaults.value ?? {});
    await write(
      connection.call('PUT /api/config', { body, headers: { 'if-match': `"${base.value.revision}"` } }),
    );
    return true;
  });
  const importYaml = createAction(async (yaml: string) => {
    if (!base.value) return;
    await write(
      connection.call('PUT /api/config.yaml', {
        body: yaml,
        headers: { 'if-match': `"${base.value.revision}"` },
      }),
    );
    return true;
  });
  async function write(answer: Promise<ConfigView>): Promise<void> {
    try {
      rebase(savedOf(await answer));
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === 'revision_changed')) throw error;
    }
    await remote.reload();
  }

  return {
    error: remote.error,
    base,
    defaults,
    values,
    unsaved,
    conflict,
    save,
    importYaml,
    fieldErrors: computed(() => (save.error.value ? describeFailure(save.error.value).fields : {})),
    set(path: string, value: FieldValue) {
      edits.value = { ...edits.value, [path]: value };
      // The changed value may be valid now.
      save.clearError();
    },
    discard() {
      edits.value = {};
      save.clearError();
    },
    /** Puts an older revision's values into the form; saving makes them a new revision. */
    restore(config: ConfigView) {
      edits.value = flatten(config);
    },
    /** Applies the edits on top of the newest revision. */
    keepOurs() {
      rebase(latest.value, edits.value);
    },
    takeTheirs() {
      rebase(latest.value);
    },
  };
});
export type ConfigFormModel = InstanceType<typeof ConfigFormModel>;

function savedOf(view: ConfigView): Saved {
  return { revision: view.revision, values: flatten(view) };
}

function conflictRows(before: FlatConfig, theirs: FlatConfig, edits: FlatConfig): ConflictRow[] {
  return changedPaths(before, theirs).map((path) => ({
    path,
    before: before[path],
    theirs: theirs[path],
    ours: edits[path],
  }));
}
