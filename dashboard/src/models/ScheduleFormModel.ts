import { computed, createModel, effect, signal } from '@preact/signals';
import { ApiProblem } from '@trainer/contract/client';
import type { Schedule } from '@trainer/contract/schedules';
import type { SourceId } from '@trainer/contract/sources';
import type { Browser } from '../api/browser.ts';
import type { BuildForm } from '../derive/build-request.ts';
import { describeFailure } from '../derive/failure.ts';
import {
  emptyScheduleForm,
  type ScheduleForm,
  scheduleForm,
  scheduleRequest,
  validateSchedule,
} from '../derive/schedule-request.ts';
import { ownTimeZone } from '../derive/schedule-text.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import type { SchedulesModel } from './lists.ts';

/** Debounce of the preview, ms: longer than the pause between two key presses. */
const DEBOUNCE_MS = 300;

/** The form of a schedule, or of a new one, with the occurrences that it would have. */
export const ScheduleFormModel = createModel(
  (connection: ConnectionModel, browser: Browser, schedules: SchedulesModel, schedule: Schedule | null) => {
    const form = signal<ScheduleForm>(schedule ? scheduleForm(schedule) : emptyScheduleForm(ownTimeZone()));
    const submitted = signal(false);
    const next = signal<readonly string[] | null>(null);
    const refusal = signal<unknown>(null);
    const cron = computed(() => form.value.cron.trim());
    const timeZone = computed(() => form.value.timeZone.trim());
    let latestRequest = 0;

    async function preview(query: { cron: string; time_zone: string }): Promise<void> {
      latestRequest += 1;
      const request = latestRequest;
      const answer = await connection.call('GET /api/schedules/preview', { query }).then(
        (said) => ({ next: said.next, refusal: null }),
        // Only invalid input is shown here; the shell shows a lost connection.
        (failure: unknown) => ({ next: null, refusal: failure instanceof ApiProblem ? failure : null }),
      );
      if (request !== latestRequest) return;
      next.value = answer.next;
      refusal.value = answer.refusal;
    }
    effect(() => {
      const query = { cron: cron.value, time_zone: timeZone.value };
      return browser.after(DEBOUNCE_MS, () => void preview(query));
    });
    effect(() => () => {
      latestRequest += 1;
    });

    const fieldErrors = computed(() => ({
      ...fieldsOf(refusal.value),
      ...fieldsOf(schedules.save.error.value),
      ...(submitted.value ? validateSchedule(form.value) : {}),
    }));
    /** Whether saving was tried with invalid fields. Before the first try only the fields show their errors. */
    const isRefused = computed(() => submitted.value && Object.keys(fieldErrors.value).length > 0);
    function set(change: Partial<ScheduleForm>): void {
      form.value = { ...form.value, ...change };
      schedules.save.clearError();
    }
    function pick(ids: readonly SourceId[], on: boolean): void {
      const others = form.value.build.sources.filter((each) => !ids.includes(each));
      set({ build: { ...form.value.build, sources: on ? [...others, ...ids] : others } });
    }
    return {
      form,
      next,
      fieldErrors,
      isRefused,
      set,
      setBuild(change: Partial<BuildForm>) {
        set({ build: { ...form.value.build, ...change } });
      },
      pick,
      /** The schedule as it was saved, or undefined with the mistakes in `fieldErrors` and `schedules.save.error`. */
      async submit() {
        submitted.value = true;
        schedules.save.clearError();
        if (Object.keys(validateSchedule(form.value)).length > 0) return undefined;
        return schedules.save.go(schedule?.id ?? null, scheduleRequest(form.value));
      },
    };
  },
);
export type ScheduleFormModel = InstanceType<typeof ScheduleFormModel>;

/** Wrong fields; those of the run by the names that the build form has for them. */
function fieldsOf(error: unknown): Record<string, string> {
  if (!error) return {};
  const fields = Object.entries(describeFailure(error).fields);
  return Object.fromEntries(fields.map(([field, message]) => [field.replace(/^params\./, ''), message]));
}
