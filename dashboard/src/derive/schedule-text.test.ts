import { describe, expect, it } from 'vitest';
import { paramsText, timesOf } from './schedule-text.ts';

const at = '2026-11-23T02:00:00.000Z';

describe('the words of a schedule', () => {
  it('tell a time as the viewer sees it, and as the schedule does where that differs', () => {
    expect(timesOf(at, 'Europe/Berlin', 'America/New_York')).toEqual({
      here: 'Sun 22 Nov, 21:00',
      there: 'Mon 23 Nov, 03:00 in Berlin',
    });
    expect(timesOf(at, 'Europe/Berlin', 'Europe/Rome')).toEqual({ here: 'Mon 23 Nov, 03:00', there: null });
  });

  it('do without a time zone that the browser does not know', () => {
    expect(timesOf(at, 'Mars/Phobos', 'UTC')).toEqual({ here: 'Mon 23 Nov, 02:00', there: null });
  });

  it('sum up what its runs do', () => {
    const usual = {
      enable_faces: true,
      max_faces_per_source: 5,
      max_faces_total: 12,
      reference_mode: 'url',
      full: false,
    } as const;
    const titleOf = (source: string | null) => `<${source}>`;
    expect(paramsText(usual, titleOf)).toBe('sources as configured');
    const other = {
      ...usual,
      sources: ['stashdb', 'folder'],
      full: true,
      enable_faces: false,
      model_pack: 'starter',
    } satisfies Parameters<typeof paramsText>[0];
    expect(paramsText(other, titleOf)).toBe(
      '<stashdb> and <folder>; full rescan; metadata only; model pack starter',
    );
  });
});
