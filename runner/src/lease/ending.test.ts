import { describe, expect, it } from 'vitest';
import { endingOf } from './ending.ts';
import { type StopReason, TaskStopped } from './stop-reasons.ts';
import type { TaskResult } from './task.ts';

const going = new AbortController().signal;
const cancelled = new TaskStopped('cancelled');
const returned = (value: TaskResult) => ({ status: 'fulfilled', value }) as const;
const threw = (reason: unknown) => ({ status: 'rejected', reason }) as const;
const stoppedBy = (reason: StopReason) => AbortSignal.abort(new TaskStopped(reason));

const noSpace = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

describe('the ending of a lease on a full disk', () => {
  const failed = threw(new Error('the picture was not stored', { cause: noSpace }));
  const open = { stop: going, signal: going };
  const asItIs = (text: string) => text;

  it('hands the task back while there is no room, and says what the disk said', () => {
    expect(endingOf(failed, open, asItIs, 'The disk is short of room')).toMatchObject({
      kind: 'release',
      reason: 'ENOSPC: no space left on device',
    });
  });

  it('fails the task when there is room again, because it was the task that had filled the disk', () => {
    expect(endingOf(failed, open, asItIs, null)).toMatchObject({ kind: 'complete', outcome: 'failed' });
  });

  it('fails the task for any other fault', () => {
    expect(endingOf(threw(new Error('it broke')), open, asItIs, 'The disk is short of room')).toMatchObject({
      kind: 'complete',
      outcome: 'failed',
      reason: 'it broke',
    });
  });
});

describe('the ending of a lease', () => {
  it.each([
    ['that was done', returned({ outcome: 'done' }), going, going, 'complete done'],
    [
      'that was done although a stop had come',
      returned({ outcome: 'done' }),
      stoppedBy('cancelled'),
      going,
      'complete done',
    ],
    [
      'that was stopped by a person',
      returned({ outcome: 'stopped' }),
      stoppedBy('cancelled'),
      going,
      'complete skipped',
    ],
    [
      'that was stopped by a shutdown',
      returned({ outcome: 'stopped' }),
      stoppedBy('shutting_down'),
      going,
      'release',
    ],
    ['that stopped unasked', returned({ outcome: 'stopped' }), going, going, 'complete failed'],
    [
      'that had nothing to do',
      returned({ outcome: 'skipped', reason: 'no key' }),
      going,
      going,
      'complete skipped',
    ],
    [
      'whose source no longer fits',
      returned({ outcome: 'paused', reason: 'it has changed' }),
      going,
      going,
      'complete failed, paused',
    ],
    ['that broke', threw(new Error('it broke')), going, going, 'complete failed'],
    [
      'that broke while finishing',
      threw(new Error('it broke')),
      stoppedBy('cancelled'),
      going,
      'complete failed',
    ],
    ['that threw the stop', threw(cancelled), AbortSignal.abort(cancelled), going, 'complete skipped'],
    [
      'that wrapped the stop',
      threw(new Error('the upload ended', { cause: cancelled })),
      AbortSignal.abort(cancelled),
      going,
      'complete skipped',
    ],
    [
      'whose library threw its own error for it',
      threw(new DOMException('aborted', 'AbortError')),
      stoppedBy('shutting_down'),
      going,
      'release',
    ],
    [
      'that was aborted in the middle',
      threw(new Error('socket closed')),
      stoppedBy('shutting_down'),
      stoppedBy('shutting_down'),
      'release',
    ],
    ['that was lost', threw(new Error('any')), stoppedBy('lease_lost'), stoppedBy('lease_lost'), 'drop'],
    ['that the catalog knows to be lost', threw(new TaskStopped('lease_lost')), going, going, 'drop'],
    [
      'that was lost after a stop',
      returned({ outcome: 'done' }),
      stoppedBy('cancelled'),
      stoppedBy('lease_lost'),
      'drop',
    ],
  ])('%s', (_, result, stop, signal, expected) => {
    const ending = endingOf(result, { stop, signal }, (text) => text);
    const said = ending.kind === 'complete' ? `complete ${ending.outcome}` : ending.kind;
    expect('paused' in ending ? `${said}, paused` : said).toBe(expected);
  });

  it('hands back with a time what waits for more performers', () => {
    const waiting = returned({ outcome: 'waiting', reason: 'waits', againInS: 300 });
    expect(endingOf(waiting, { stop: going, signal: going }, (text) => text)).toMatchObject({
      kind: 'release',
      reason: 'waits',
      againInS: 300,
    });
  });

  it('always has a reason, which is never too long', () => {
    const long = endingOf(
      threw(new Error('x'.repeat(5_000))),
      { stop: going, signal: going },
      (text) => text,
    );
    expect(long.kind === 'complete' && long.reason).toHaveLength(2_000);
    const empty = endingOf(threw(new Error('')), { stop: going, signal: going }, (text) => text);
    expect(empty).toMatchObject({ reason: 'it failed without a word' });
  });
});
