import type { Schedule } from '@trainer/contract/schedules';
import { describe, expect, it } from 'vitest';
import { runCommand, startServer } from '../../testing/cli/run-command.ts';

const nightly: Schedule = {
  id: 1,
  name: 'Nightly',
  cron: '0 3 * * *',
  time_zone: 'Europe/Berlin',
  params: {
    enable_faces: true,
    max_faces_per_source: 5,
    max_faces_total: 12,
    reference_mode: 'url',
    full: false,
  },
  missed: 'skip',
  enabled: true,
  created_by: 'owner',
  created_at: '2026-01-01T00:00:00.000Z',
  next: ['2026-01-02T02:00:00.000Z'],
  last: { at: '2026-01-01T02:00:00.000Z', outcome: 'started', words: 'started run 12', run_id: 12 },
};

describe('runner schedules', () => {
  it('says when each comes next and what became of the last time', async () => {
    const off: Schedule = { ...nightly, id: 2, name: 'Off', enabled: false, next: [], last: null };
    const { server, env } = await startServer({ 'GET /api/schedules': [nightly, off] });
    await using _ = server;
    expect((await runCommand('schedules', env)).out).toBe(
      [
        '1  Nightly  0 3 * * * in Europe/Berlin  next 2026-01-02 02:00 UTC  2026-01-01 02:00 UTC started run 12',
        '2  Off      0 3 * * * in Europe/Berlin  switched off',
        '',
      ].join('\n'),
    );
    expect(JSON.parse((await runCommand('schedules --json', env)).out)).toEqual([nightly, off]);
  });

  it('says that there are none', async () => {
    const { server, env } = await startServer({ 'GET /api/schedules': [] });
    await using _ = server;
    expect((await runCommand('schedules', env)).out).toBe('Nothing starts by itself.\n');
  });
});
