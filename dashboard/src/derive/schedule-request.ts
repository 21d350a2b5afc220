import type { MissedPolicy, NewSchedule, Schedule } from '@trainer/contract/schedules';
import { type BuildForm, buildRequest, emptyBuildForm, validateBuild } from './build-request.ts';

export interface ScheduleForm {
  name: string;
  cron: string;
  timeZone: string;
  missed: MissedPolicy;
  enabled: boolean;
  /** Whether the sources ticked in `build` are used, or those that the configuration enables when a run starts. */
  sourcesFrom: 'configuration' | 'here';
  build: BuildForm;
}

/** A nightly run in the person's own time zone. */
export function emptyScheduleForm(timeZone: string): ScheduleForm {
  return {
    name: '',
    cron: '0 3 * * *',
    timeZone,
    missed: 'skip',
    enabled: true,
    sourcesFrom: 'configuration',
    build: emptyBuildForm,
  };
}

/** The form that shows a schedule as it is. */
export function scheduleForm({ params, time_zone, ...schedule }: Schedule): ScheduleForm {
  return {
    name: schedule.name,
    cron: schedule.cron,
    timeZone: time_zone,
    missed: knownPolicy(schedule.missed),
    enabled: schedule.enabled,
    sourcesFrom: params.sources ? 'here' : 'configuration',
    build: {
      sources: params.sources ?? [],
      enableFaces: params.enable_faces,
      maxFacesPerSource: String(params.max_faces_per_source),
      maxFacesTotal: String(params.max_faces_total),
      referenceMode: params.reference_mode,
      full: params.full,
      modelPack: params.model_pack ?? '',
      queue: false,
    },
  };
}

/** What the API wants. */
export function scheduleRequest(form: ScheduleForm): NewSchedule {
  const { queue: _, sources, ...params } = buildRequest(form.build);
  return {
    name: form.name.trim(),
    cron: form.cron.trim(),
    time_zone: form.timeZone.trim(),
    params: form.sourcesFrom === 'here' ? { ...params, sources } : params,
    missed: form.missed,
    enabled: form.enabled,
  };
}

/** What can be said without asking the control plane, by field. */
export function validateSchedule({ name, sourcesFrom, build }: ScheduleForm): Record<string, string> {
  const { sources, ...errors } = validateBuild(build);
  if (sourcesFrom === 'here' && sources) errors.sources = sources;
  if (name.trim() === '') errors.name = 'Give it a name.';
  return errors;
}

/** The same schedule, on instead of off or the other way round. */
export function switched({ name, cron, time_zone, params, missed, enabled }: Schedule): NewSchedule {
  return { name, cron, time_zone, params, missed: knownPolicy(missed), enabled: !enabled };
}

/** A policy of a later release becomes the default one when the schedule is saved here. */
function knownPolicy(missed: Schedule['missed']): MissedPolicy {
  return missed === 'run_once' ? 'run_once' : 'skip';
}
