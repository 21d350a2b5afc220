import { setTimeout as realSleep } from 'node:timers/promises';
import { aborted } from '@trainer/async/aborted';
import { emptyProgress } from '@trainer/contract/progress';
import { hangLimits } from '@trainer/testing/hang-limits';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { htmlPage, json, problem, silence } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { startTestRunner, waitFor } from '../../testing/lease/start-test-runner.ts';
import { TaskStopped } from './stop-reasons.ts';
import type { RunTask, Task } from './task.ts';

const beatRoute = 'POST /api/leases/{task}/heartbeat';
const done: RunTask = async () => ({ outcome: 'done' });
/** A well-behaved task: goes on until it is asked to stop. */
const untilStopped: RunTask = async ({ stop }) => {
  await aborted(stop);
  return { outcome: 'stopped' };
};
const progressOf = (performers: number) => ({ ...emptyProgress(), performers_processed: performers });

function reasonOf(signal: AbortSignal): string | undefined {
  return signal.reason instanceof TaskStopped ? signal.reason.reason : undefined;
}

describe('taking leases', () => {
  it('works a task and completes it with its progress and its log', async () => {
    const runner = await startTestRunner({
      runTask: async ({ report, log }) => {
        log.warn('Two pictures were too small', { images: 2 });
        report(progressOf(7));
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.state === 'over');
    expect(task.completion).toMatchObject({ outcome: 'done', reason: null, progress: progressOf(7) });
    expect(task.lines.map(({ seq, level, source, message }) => [seq, level, source, message])).toEqual([
      [1, 'warn', 'stashdb', 'Two pictures were too small'],
    ]);
    expect(runner.server.breaches).toEqual([]);
  });

  it('asks for no work before the heartbeat’s thread is ready', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const runner = await startTestRunner({
      runTask: done,
      withHeartbeat: (heartbeat) => ({ ...heartbeat, ready: promise }),
    });
    await using _ = runner;
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await realSleep(100);
    expect(runner.server.requestsTo('POST /api/leases')).toEqual([]);
    resolve();
    await waitFor(() => task.state === 'over');
  });

  it('begins no work before the first heartbeat was answered', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    let begun = false;
    const runner = await startTestRunner({
      runTask: async () => {
        begun = true;
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    runner.server.override(beatRoute, async () => {
      await answered;
      return undefined;
    });
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => runner.server.requestsTo(beatRoute).length > 0);
    await realSleep(100);
    expect(begun).toBe(false);
    answer();
    await waitFor(() => task.state === 'over');
    expect(begun).toBe(true);
  });

  it('does no work under a lease that had lapsed before its first heartbeat', async () => {
    let begun = false;
    const runner = await startTestRunner({
      runTask: async () => {
        begun = true;
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    runner.server.override(beatRoute, () => problem('lease_lost', 'Task 1.stashdb is not leased to you.'));
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => runner.said.some(({ message }) => message.startsWith('Task 1.stashdb was dropped')));
    expect(begun).toBe(false);
    expect(task.completion ?? task.release).toBeUndefined();
  });

  it('holds several leases at once, and not more than it has slots', async () => {
    let atOnce = 0;
    const runner = await startTestRunner({
      slots: 2,
      runTask: async () => {
        atOnce += 1;
        expect(atOnce).toBeLessThanOrEqual(2);
        await realSleep(30);
        atOnce -= 1;
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    const tasks = ['1.stashdb', '1.fansdb', '1.folder'].map((id) => runner.server.offer(fakeLease(id)));
    await waitFor(() => tasks.every(({ state }) => state === 'over'));
    expect(tasks.map(({ completion }) => completion?.outcome)).toEqual(['done', 'done', 'done']);
  });

  it('fails a task that throws, with its sentence but without its secrets, and lives on', async () => {
    const runner = await startTestRunner({
      secrets: ['hunter2-hunter2'],
      runTask: async ({ lease }) => {
        if (lease.task_id === '1.stashdb') throw new Error('StashDB refuses the key hunter2-hunter2');
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    const failing = runner.server.offer(fakeLease('1.stashdb'));
    const fine = runner.server.offer(fakeLease('1.fansdb'));
    await waitFor(() => failing.state === 'over' && fine.state === 'over');
    expect(failing.completion).toMatchObject({
      outcome: 'failed',
      reason: 'StashDB refuses the key [secret]',
    });
    expect(fine.completion?.outcome).toBe('done');
    expect(JSON.stringify([runner.said, failing.lines])).not.toContain('hunter2');
  });

  it('passes on why a task was skipped', async () => {
    const runner = await startTestRunner({
      runTask: async () => ({ outcome: 'skipped', reason: 'STASHDB_API_KEY is not set' }),
    });
    await using _ = runner;
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.state === 'over');
    expect(task.completion).toMatchObject({ outcome: 'skipped', reason: 'STASHDB_API_KEY is not set' });
  });

  it('passes on that a source is paused, and says so only then', async () => {
    const runner = await startTestRunner({
      runTask: async ({ lease }) =>
        lease.task_id === '1.iafd'
          ? { outcome: 'paused', reason: 'it seems to have changed' }
          : { outcome: 'done' },
    });
    await using _ = runner;
    const paused = runner.server.offer(fakeLease('1.iafd'));
    const fine = runner.server.offer(fakeLease('1.fansdb'));
    await waitFor(() => paused.state === 'over' && fine.state === 'over');
    expect(paused.completion).toMatchObject({
      outcome: 'failed',
      paused: true,
      reason: 'it seems to have changed',
    });
    expect(fine.completion?.paused).toBe(false);
  });

  it('reaches a running task with a stop at one of its beats, and completes it as skipped', async () => {
    const runner = await startTestRunner({
      runTask: async (task) => {
        const result = await untilStopped(task);
        expect(reasonOf(task.stop)).toBe('cancelled');
        expect(task.signal.aborted).toBe(false);
        return result;
      },
    });
    await using _ = runner;
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.beats.length > 0);
    task.want = 'stop';
    await waitFor(() => task.state === 'over');
    expect(task.completion).toMatchObject({ outcome: 'skipped', reason: 'the run was stopped' });
  });

  it('aborts a task whose lease was lost, and says nothing more about it', async () => {
    let why: string | undefined;
    const runner = await startTestRunner({
      runTask: async ({ signal }) => {
        await aborted(signal);
        why = reasonOf(signal);
        throw signal.reason;
      },
    });
    await using _ = runner;
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.beats.length > 0);
    runner.server.takeAway('1.stashdb');
    await waitFor(() => why !== undefined);
    await waitFor(() => runner.said.some(({ message }) => message.startsWith('Task 1.stashdb was dropped')));
    expect(why).toBe('lease_lost');
    expect(task.completion ?? task.release).toBeUndefined();
  });

  it('begins a task that it was granted anew only after its earlier work on it has ended', async () => {
    const order: string[] = [];
    const runner = await startTestRunner({
      runTask: async ({ lease, signal }) => {
        order.push(`begin ${lease.fence}`);
        if (lease.fence === 1) {
          await aborted(signal);
          await realSleep(50);
        }
        order.push(`end ${lease.fence}`);
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => order.length === 1);
    const again = runner.server.offer(fakeLease('1.stashdb', { fence: 2, attempt: 2 }));
    await waitFor(() => again.state === 'over');
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
    expect(again.completion?.outcome).toBe('done');
  });

  it('hands a task back, with its progress, when the runner is asked to end', async () => {
    const runner = await startTestRunner({
      runTask: async (task) => {
        task.report(progressOf(3));
        return untilStopped(task);
      },
    });
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.progress.performers_processed === 3);
    runner.shutdown.begin();
    await runner.finished;
    expect(task.release).toEqual({ reason: 'the runner is shutting down', progress: progressOf(3) });
    await runner.close();
  });

  it('leaves a task behind that heeds no signal, and still hands it back in time', async () => {
    const runner = await startTestRunner({
      runTask: () => new Promise(() => {}),
      shutdown: { signalAfterMs: 150, abandonAfterMs: 300, cutOffAfterMs: hangLimits.testMs },
    });
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.beats.length > 0);
    runner.shutdown.begin();
    await runner.finished;
    expect(task.release?.reason).toBe('the runner is shutting down');
    await runner.close();
  });

  it('ends in time even when the control plane is gone', async () => {
    const runner = await startTestRunner({
      runTask: untilStopped,
      shutdown: { signalAfterMs: 150, abandonAfterMs: 300, cutOffAfterMs: 1_000 },
    });
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.beats.length > 0);
    await runner.server.close();
    runner.shutdown.begin();
    await runner.finished;
    await runner.close().catch(() => {});
  });

  it('goes on with its task while the control plane restarts, and completes it there', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const runner = await startTestRunner({
      runTask: async () => {
        await promise;
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.beats.length > 0);
    await runner.server.close();
    resolve();
    await realSleep(60);
    await using restarted = await startFakeControlPlane({ port: runner.server.port });
    const same = restarted.offer(fakeLease('1.stashdb'));
    same.state = 'leased';
    await waitFor(() => same.completion !== undefined);
    expect(same.completion?.outcome).toBe('done');
  });

  it('asks again after error pages and refused tokens instead of ending', async () => {
    const runner = await startTestRunner({ runTask: done });
    await using _ = runner;
    const answers = [htmlPage(502), htmlPage(503)];
    runner.server.override('POST /api/leases', () => answers.shift());
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.state === 'over');
    expect(task.completion?.outcome).toBe('done');
  });

  it('asks again without a pause when an answer says that there may be work', async () => {
    const runner = await startTestRunner({ runTask: done });
    await using _ = runner;
    let told = 0;
    runner.server.override('POST /api/leases', () =>
      told++ < 5 ? json({ lease: null, question: null, again: true }) : undefined,
    );
    // Ends the poll that waits already.
    runner.server.ask({ id: 'q1', about: 'Ada' });
    await waitFor(() => told > 5);
    expect(runner.pauses).toEqual([]);
  });

  it('hands a task back whose result the control plane holds for impossible', async () => {
    const runner = await startTestRunner({ runTask: done });
    await using _ = runner;
    runner.server.override('POST /api/leases/{task}/complete', () =>
      problem('impossible_report', 'More faces than images.'),
    );
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.release !== undefined);
    expect(task.release?.reason).toBe('its result was refused: More faces than images.');
  });

  it('hears of questions while its hands are full, and takes the next task as soon as they are not', async () => {
    const { promise: finish, resolve } = Promise.withResolvers<void>();
    const asked: string[] = [];
    const runner = await startTestRunner({
      slots: 1,
      answer: ({ about }) => void asked.push(about),
      runTask: async ({ lease }) => {
        if (lease.task_id === '1.stashdb') await finish;
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    const questions = ['Ada', 'Bea'].map((about) => ({ id: about, about }));
    // With full hands there are these questions, and then no answer ever: only a request that is made anew gets the next task.
    runner.server.override('POST /api/leases', ({ body }) => {
      if (!JSON.stringify(body).includes('"free_slots":0')) return undefined;
      const question = questions.shift();
      return question ? json({ lease: null, question }) : silence;
    });
    const long = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => long.beats.length > 0);
    const next = runner.server.offer(fakeLease('1.fansdb'));
    await waitFor(() => asked.length === 2);
    expect([long.state, next.state]).toEqual(['leased', 'ready']);
    resolve();
    await waitFor(() => next.state === 'over');
    expect(asked).toEqual(['Ada', 'Bea']);
  });

  it('hears of a stop at once, however seldom its leases beat, when its request for work says so', async () => {
    const runner = await startTestRunner({ runTask: untilStopped });
    await using _ = runner;
    const task = runner.server.offer(
      fakeLease('1.stashdb', { heartbeat_ms: hangLimits.testMs, ttl_ms: 3 * hangLimits.testMs }),
    );
    await waitFor(() => task.beats.length > 0);
    task.want = 'stop';
    let told = 0;
    runner.server.override('POST /api/leases', () =>
      told++ === 0 ? json({ lease: null, question: null, beat_now: true }) : undefined,
    );
    // The poll that waits is answered with nothing, and the next one with the hint.
    runner.server.ask({ id: 'q1', about: 'Ada' });
    await waitFor(() => task.state === 'over');
    expect(task.completion?.outcome).toBe('skipped');
  });

  it('completes a task whose last log lines nothing lets pass', async () => {
    const runner = await startTestRunner({
      flushWithinMs: 200,
      runTask: async ({ log }) => {
        log.info('<script>');
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    runner.server.override('POST /api/leases/{task}/logs', () => htmlPage(403));
    const task = runner.server.offer(fakeLease('1.stashdb'));
    await waitFor(() => task.state === 'over');
    expect(task.completion?.outcome).toBe('done');
  });

  it('hands the task what it may need, with the progress to go on from', async () => {
    let seen: Task | undefined;
    const runner = await startTestRunner({
      runTask: async (task) => {
        seen = task;
        task.log.info('goes on');
        return { outcome: 'done' };
      },
    });
    await using _ = runner;
    const task = runner.server.offer(fakeLease('1.stashdb', { progress: progressOf(40), next_log_seq: 9 }));
    await waitFor(() => task.state === 'over');
    expect(seen?.lease.progress.performers_processed).toBe(40);
    expect(task.completion?.progress).toMatchObject({ performers_processed: 40 });
    expect(task.lines[0]?.seq).toBe(9);
  });
});

describe('a runner whose disk is nearly full', () => {
  it('takes no work and says why, hands back what is under way, and goes on when there is room', async () => {
    let shortage: string | null = null;
    const runner = await startTestRunner({ runTask: untilStopped, shortage: () => shortage });
    await using _ = runner;
    const task = runner.server.offer(fakeLease('1.stashdb'));
    const publish = runner.server.offer(fakeLease('1.publish', { kind: 'publish', source: null }));
    await waitFor(() => task.state === 'leased' && publish.state === 'leased');
    shortage = `The disk is short of room${' and more'.repeat(100)}`;
    await waitFor(() => task.release !== undefined);
    expect(task.release?.reason).toMatch(/^The disk is short of room/);
    const asked = () => runner.server.requestsTo('POST /api/leases').map(({ body }) => body);
    await waitFor(() => asked().some((body) => JSON.stringify(body).includes('"paused":"The disk is short')));
    expect(asked().at(-1)).toMatchObject({ free_slots: 0 });
    // What it has written of a version would be lost, and may still fit.
    expect(publish.state).toBe('leased');

    shortage = null;
    const takesWork = z.object({ free_slots: z.int().positive(), paused: z.undefined().optional() });
    await waitFor(() => takesWork.safeParse(asked().at(-1)).success);
    expect(runner.server.breaches).toEqual([]);
  });
});
