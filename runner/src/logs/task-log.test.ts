import { setTimeout as realSleep } from 'node:timers/promises';
import { hangLimits } from '@trainer/testing/hang-limits';
import { describe, expect, it } from 'vitest';
import { htmlPage, problem } from '../../testing/fake-control-plane/answers.ts';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { createApi } from '../control/api.ts';
import { createSession } from '../control/session.ts';
import { createLogger, createRedactor } from './logger.ts';
import { createTaskLog } from './task-log.ts';

const logsRoute = 'POST /api/leases/{task}/logs';

async function startLog({ nextSeq = 1, linesKept = 5_000, flushMs = 250 } = {}) {
  const server = await startFakeControlPlane();
  const lease = fakeLease('1.stashdb', { next_log_seq: nextSeq, log_flush_ms: flushMs });
  const task = server.offer(lease);
  const over = new AbortController();
  const refused: string[] = [];
  const quiet = createLogger({ sinks: [], redact: (text) => text });
  const session = createSession({
    api: createApi({
      baseUrl: server.url,
      token: server.token,
      timeoutMsOf: () => hangLimits.waitMs,
    }),
    log: quiet,
    sleep: (ms, signal) => realSleep(ms / 50, undefined, { signal }),
  });
  const onRefused = (detail: string) => refused.push(detail);
  const taskLog = createTaskLog({ lease, session, signal: over.signal, onRefused, linesKept });
  const log = createLogger({
    sinks: [taskLog.sink],
    redact: createRedactor(['hunter2-hunter2']),
    source: 'stashdb',
  });
  return { server, task, log, taskLog, refused, over, [Symbol.asyncDispose]: server.close };
}

const messages = (lines: { message: string }[]) => lines.map(({ message }) => message);

describe('a task’s log', () => {
  it('goes out by itself, numbered from where the task was', async () => {
    await using run = await startLog({ nextSeq: 41 });
    run.log.info('one', { images: 3 });
    run.log.warn('two');
    await expect.poll(() => run.task.lines.length).toBe(2);
    expect(run.task.lines).toMatchObject([
      { seq: 41, level: 'info', source: 'stashdb', message: 'one', fields: { images: 3 } },
      { seq: 42, level: 'warn', source: 'stashdb', message: 'two', fields: {} },
    ]);
    expect(run.server.requestsTo(logsRoute)).toHaveLength(1);
  });

  it.each([
    ['as the lease says', 100],
    ['and not more often because answers are slow', 100, 30],
  ])('is gathered, %s', async (_, flushMs, answerMs = 0) => {
    await using run = await startLog({ flushMs });
    run.server.override(logsRoute, async () => {
      await realSleep(answerMs);
      return undefined;
    });
    const since = performance.now();
    const sent = () => run.server.requestsTo(logsRoute).length;
    let lines = 0;
    for (; sent() < 5; lines += 1) {
      run.log.info('another one');
      await realSleep(5);
    }
    // Timers count whole milliseconds.
    expect(performance.now() - since).toBeGreaterThan((sent() - 1) * (flushMs - 1));
    await run.taskLog.flush();
    expect(run.task.lines).toHaveLength(lines);
  });

  it('is not gathered any longer once a request is full', async () => {
    await using run = await startLog({ flushMs: hangLimits.testMs });
    for (let i = 0; i < 200; i += 1) run.log.info('many');
    await expect.poll(() => run.task.lines.length).toBe(200);
    run.log.info('one more');
    await run.taskLog.flush();
    expect(run.task.lines).toHaveLength(201);
  });

  it('is stored once although answers were lost, and nothing is missing', async () => {
    await using run = await startLog();
    run.server.loseNextAnswer(logsRoute);
    const all = Array.from({ length: 450 }, (_, i) => `line ${i}`);
    for (const message of all) run.log.info(message);
    await run.taskLog.flush();
    expect(messages(run.task.lines)).toEqual(all);
    expect(run.task.lines.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
  });

  it('never makes its writer wait: while the control plane is away it keeps some lines and counts the rest', async () => {
    await using run = await startLog({ linesKept: 300 });
    let away = true;
    run.server.override(logsRoute, () => (away ? htmlPage(503) : undefined));
    for (let i = 0; i < 1_000; i += 1) run.log.info(`line ${i}`);
    away = false;
    await run.taskLog.flush();
    const stored = messages(run.task.lines);
    expect(stored.slice(0, 300)).toEqual(Array.from({ length: 300 }, (_, i) => `line ${i}`));
    expect(stored.slice(300)).toEqual([
      '700 log lines were dropped because the control plane could not take them in time',
    ]);
    expect(run.task.lines.at(-1)).toMatchObject({ level: 'warn', seq: 301, fields: { dropped: 700 } });
  });

  it('cuts what is too long for a line and for a request', async () => {
    await using run = await startLog();
    for (let i = 0; i < 300; i += 1) run.log.info('ü'.repeat(5_000), { big: 'x'.repeat(7_000) });
    run.log.info('fields', { huge: 'x'.repeat(9_000) });
    await run.taskLog.flush();
    expect(run.task.lines).toHaveLength(301);
    expect(run.task.lines[0]?.message).toHaveLength(4_000);
    expect(run.task.lines.at(-1)?.fields).toEqual({ left_out: 'the fields were too large' });
    expect(run.server.breaches).toEqual([]);
    const sizes = run.server.requestsTo(logsRoute).map(({ body }) => Buffer.byteLength(JSON.stringify(body)));
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
  });

  it('holds no secret, in messages nor in fields', async () => {
    await using run = await startLog();
    run.log.error('The key hunter2-hunter2 was refused', { url: 'https://x.test/?key=hunter2-hunter2' });
    await run.taskLog.flush();
    expect(run.task.lines[0]).toMatchObject({
      message: 'The key [secret] was refused',
      fields: { url: 'https://x.test/?key=[secret]' },
    });
  });

  it('goes on with later lines when some are refused, and says so', async () => {
    await using run = await startLog();
    run.server.failNext(logsRoute, problem('impossible_report', 'These lines cannot be.'));
    run.log.info('refused');
    await run.taskLog.flush();
    run.log.info('taken');
    await run.taskLog.flush();
    expect(messages(run.task.lines)).toEqual(['taken']);
    expect(run.refused).toEqual(['These lines cannot be.']);
  });

  it('loses a line that is not valid, names it, and brings the others of its batch in order', async () => {
    await using run = await startLog();
    const said = Array.from({ length: 9 }, (_, i) => `line ${i}`);
    for (const each of said) run.log.info(each, each === 'line 6' ? { ['k'.repeat(65)]: 1 } : {});
    await run.taskLog.flush();
    run.log.info('later');
    await run.taskLog.flush();
    expect(messages(run.task.lines)).toEqual([...said.filter((each) => each !== 'line 6'), 'later']);
    expect(run.task.lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(run.refused).toEqual([expect.stringMatching(/The line was: line 6$/)]);
  });

  it('falls silent when the lease is lost', async () => {
    await using run = await startLog();
    run.server.takeAway('1.stashdb');
    run.log.info('too late');
    await run.taskLog.flush();
    expect(run.refused).toEqual([]);
    expect(run.task.lines).toEqual([]);
  });

  it('does not hold up the end when its time is over', async () => {
    await using run = await startLog();
    run.server.override(logsRoute, () => htmlPage(502));
    run.log.info('never stored');
    setTimeout(() => run.over.abort(new Error('over')), 30);
    await run.taskLog.flush();
    expect(run.task.lines).toEqual([]);
  });
});
