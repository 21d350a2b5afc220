import { computed, createModel, effect, signal } from '@preact/signals';
import type { SourceId } from '@trainer/contract/sources';
import type { Browser } from '../api/browser.ts';
import { type BuildForm, buildRequest, emptyBuildForm, validateBuild } from '../derive/build-request.ts';
import { describeFailure } from '../derive/failure.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import type { RunsModel } from './RunsModel.ts';
import { createRemote, QUIET_MS } from './remote.ts';
import type { SourcesModel } from './system.ts';

/** The form that asks for a run. Sources that the configuration enables are ticked until a person decides. */
export const BuildFormModel = createModel((runs: RunsModel, sources: SourcesModel) => {
  const form = signal<BuildForm>(emptyBuildForm);
  const touched = signal(false);
  const submitted = signal(false);

  effect(() => {
    const all = sources.sources.value;
    if (!all || touched.value) return;
    const enabled = all.filter((source) => source.enabled).map(({ id }) => id);
    form.value = { ...form.peek(), sources: enabled };
  });
  const fieldErrors = computed(() => ({
    ...(runs.start.error.value ? describeFailure(runs.start.error.value).fields : {}),
    ...(submitted.value ? validateBuild(form.value) : {}),
  }));

  function pick(ids: readonly SourceId[]): void {
    touched.value = true;
    form.value = { ...form.value, sources: ids };
  }
  return {
    form,
    fieldErrors,
    set(change: Partial<BuildForm>) {
      form.value = { ...form.value, ...change };
    },
    toggle(id: SourceId, on: boolean) {
      const others = form.value.sources.filter((each) => each !== id);
      pick(on ? [...others, id] : others);
    },
    toggleAll(ids: readonly SourceId[], on: boolean) {
      const others = form.value.sources.filter((each) => !ids.includes(each));
      pick(on ? [...others, ...ids] : others);
    },
    /** The id of the run that was made, or undefined with the mistakes in `fieldErrors` and `runs.start.error`. */
    async submit() {
      submitted.value = true;
      runs.start.clearError();
      if (Object.keys(validateBuild(form.value)).length > 0) return undefined;
      const { queue, ...rest } = buildRequest(form.value);
      const started = await runs.start.go({ ...rest, queue: queue === true && runs.active.value !== null });
      return started?.run_id;
    },
  };
});
export type BuildFormModel = InstanceType<typeof BuildFormModel>;

/** The model pack that a run uses unless it asks for another; null until it is known. */
export const ConfiguredPackModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const { data } = createRemote({
    browser,
    everyMs: () => QUIET_MS,
    load: () => connection.call('GET /api/config'),
  });
  return { pack: computed(() => data.value?.faces.model_pack ?? null) };
});
