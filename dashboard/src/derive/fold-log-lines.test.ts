import type { StoredLogLine } from '@trainer/contract/logs';
import { describe, expect, it } from 'vitest';
import { fieldsText, foldLogLines } from './fold-log-lines.ts';

function line(id: number): StoredLogLine {
  const time = '2026-11-22T12:00:00Z';
  return {
    id,
    seq: id,
    run_id: 1,
    task_id: '1.stashdb',
    time,
    level: 'info',
    source: 'stashdb',
    message: `${id}`,
    fields: {},
  };
}

describe('folding log lines', () => {
  it('shows a line once, though the stream was opened again', () => {
    const shown = foldLogLines([line(1), line(2)], [line(1), line(2), line(3)]);
    expect(shown.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('drops the oldest beyond the bound', () => {
    const shown = foldLogLines([line(1), line(2)], [line(3), line(4)], 3);
    expect(shown.map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it('keeps the same list when nothing is new, so that nothing is drawn again', () => {
    const shown = [line(1)];
    expect(foldLogLines(shown, [line(1)])).toBe(shown);
  });

  it('writes fields as pairs', () => {
    expect(fieldsText({ wait_ms: 40, host: 'a.test' })).toBe('wait_ms=40 host=a.test');
  });
});
