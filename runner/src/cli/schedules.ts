import type { Schedule } from '@trainer/contract/schedules';
import type { Command } from 'commander';
import { connect } from './connect.ts';
import { table } from './format.ts';
import { show, type Terminal } from './terminal.ts';

export function addSchedules(program: Command, terminal: Terminal): void {
  program
    .command('schedules')
    .description('runs that start by themselves: when next, and what became of the last time')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const schedules = await connect(terminal)('GET /api/schedules');
      show(terminal, options, schedules, () => listSchedules(schedules));
    });
}

function listSchedules(schedules: readonly Schedule[]): string {
  if (schedules.length === 0) return 'Nothing starts by itself.';
  return table(
    schedules.map(({ id, name, cron, time_zone, enabled, next: [next], last }) => [
      id,
      name,
      `${cron} in ${time_zone}`,
      enabled ? `next ${next ? minuteOf(next) : 'never'}` : 'switched off',
      last ? `${minuteOf(last.at)} ${last.words}` : '',
    ]),
  );
}

function minuteOf(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}
