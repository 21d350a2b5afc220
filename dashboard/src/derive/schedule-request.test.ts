import { newScheduleSchema } from '@trainer/contract/schedules';
import { describe, expect, it } from 'vitest';
import { makeSchedules } from '../../testing/fake/make-schedules.ts';
import {
  emptyScheduleForm,
  scheduleForm,
  scheduleRequest,
  switched,
  validateSchedule,
} from './schedule-request.ts';

const schedules = makeSchedules({ now: () => Date.parse('2026-11-22T12:00:00Z') });
const empty = { ...emptyScheduleForm('Europe/Berlin'), name: 'Nightly' };

describe('the request for a schedule', () => {
  it('fits the contract, and leaves sources and pack to the configuration unless they were chosen', () => {
    expect(newScheduleSchema.parse(scheduleRequest(empty))).toMatchObject({
      cron: '0 3 * * *',
      time_zone: 'Europe/Berlin',
      missed: 'skip',
      enabled: true,
    });
    expect(scheduleRequest(empty).params).not.toHaveProperty('sources');
    const build = { ...empty.build, sources: ['stashdb' as const], modelPack: 'starter' };
    expect(scheduleRequest({ ...empty, sourcesFrom: 'here', build }).params).toMatchObject({
      sources: ['stashdb'],
      model_pack: 'starter',
    });
  });

  it.each(schedules)('says of $name what it says already when nothing was changed', (schedule) => {
    const { id, created_by, created_at, next, last, ...kept } = schedule;
    expect(scheduleRequest(scheduleForm(schedule))).toEqual(kept);
    expect(switched(schedule)).toEqual({ ...kept, enabled: !schedule.enabled });
  });

  it('names what is wrong before anybody is asked', () => {
    expect(validateSchedule(empty)).toEqual({});
    expect(Object.keys(validateSchedule({ ...empty, name: ' ', sourcesFrom: 'here' })).sort()).toEqual([
      'name',
      'sources',
    ]);
  });
});
