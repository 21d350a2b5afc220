import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fakeLease } from '../../testing/fake-control-plane/fake-lease.ts';
import {
  type FakeControlPlane,
  startFakeControlPlane,
} from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { createLogger, type LogEntry } from '../logs/logger.ts';
import { currentWork, whileFetching, whileWorking } from '../work/current-work.ts';
import { type CrashNote, openCrashReport, readCrashNote, trackWork, writeCrashNote } from './crash-note.ts';

const program = fileURLToPath(new URL('../../testing/crash/crashing-runner.ts', import.meta.url));
const noteTaskOf = (task_id: string) => ({
  task_id,
  run_id: 1,
  kind: 'ingest' as const,
  source: 'stashdb' as const,
  urls: ['https://pictures.example/1.jpg'],
});
const noteOf = (...tasks: string[]): CrashNote => ({
  how: 'uncaught',
  at: '2026-01-01T00:00:00.000Z',
  message: 'Error: unexpected end of file',
  frames: 'at read (a.ts:1:2)',
  tasks: tasks.map(noteTaskOf),
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'crash-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function listen() {
  const said: LogEntry[] = [];
  return { said, log: createLogger({ sinks: [(entry) => said.push(entry)], redact: (text) => text }) };
}

async function runCrashing(url: string, how: 'emit' | 'reject' | 'kill') {
  const child = spawn(process.execPath, [program, url, dir, how], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      printed += piece;
    });
  }
  const [code, signal] = await once(child, 'close');
  return { code, signal, printed };
}

/** The runner starts again and does the task. */
async function comeBack(server: FakeControlPlane, env: NodeJS.ProcessEnv = {}) {
  const again = server.offer(fakeLease('1.stashdb', { fence: 2, attempt: 2 }));
  const child = spawn(process.execPath, [program, server.url, dir, 'never'], {
    stdio: 'ignore',
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  await expect.poll(() => again.state).toBe('over');
  child.kill();
  await ended;
  return again;
}

describe('an uncaught error', () => {
  it.each(['emit', 'reject'] as const)(
    'ends the runner, says what it was doing, and the task’s log says so at its next start (%s)',
    { meta: { mayCrash: true }, timeout: 120_000 },
    async (how) => {
      await using server = await startFakeControlPlane();
      const task = server.offer(fakeLease('1.stashdb'));
      const { code, printed } = await runCrashing(server.url, how);
      expect(code).toBe(70);
      expect(printed).toContain(
        'The runner ends because of an uncaught error: Error: unexpected end of file, token [secret] ' +
          '(task 1.stashdb of run 1, source stashdb, fetching https://pictures.example/1.jpg)',
      );
      expect(printed + readFileSync(join(dir, 'crash.json'), 'utf8')).not.toContain('runner-token-of-tests');

      const again = await comeBack(server);
      expect(task.completion).toBeUndefined();
      expect(again.lines).toMatchObject([
        {
          level: 'error',
          message: expect.stringMatching(
            /^The runner ended because of an uncaught error while it worked on this task.*unexpected end of file.*fetching https:\/\/pictures\.example\/1\.jpg\)$/,
          ),
          fields: { at: expect.stringContaining('crashing-runner.ts') },
        },
      ]);
      expect(existsSync(join(dir, 'crash.json'))).toBe(false);
    },
  );
});

describe('an end from outside', () => {
  const reason = 'was ended by SIGKILL; its last line: reading page 7';
  const SUPERVISED = JSON.stringify({ count: 1, last_at: '2026-01-01T00:00:00.000Z', reason });

  it.each([
    [
      'with the supervisor’s reason',
      { SUPERVISED },
      /on this task, which starts again now: it was ended by SIGKILL; its last line: reading page 7 \(task 1\.stashdb/,
    ],
    [
      'without one',
      {},
      /on this task, which starts again now: it was killed, or the machine had no memory or power left \(task 1\.stashdb/,
    ],
  ])('is told in the task’s log at the next start, %s', async (_, env, said) => {
    await using server = await startFakeControlPlane();
    server.offer(fakeLease('1.stashdb'));
    expect(await runCrashing(server.url, 'kill')).toMatchObject({ signal: 'SIGKILL' });
    const again = await comeBack(server, env);
    expect(again.lines).toMatchObject([{ level: 'error', message: expect.stringMatching(said) }]);
    expect(readdirSync(dir).filter((name) => /^(?:work|crash)/.test(name))).toEqual([]);
  });

  it('is not told of tasks that had ended, or when the runner ended on purpose', async () => {
    const { said, log } = listen();
    const forget = trackWork(dir, log);
    onTestFinished(forget);
    await whileWorking(noteTaskOf('1.stashdb'), async () => expect(readdirSync(dir)).toEqual(['work.json']));
    expect(readdirSync(dir)).toEqual([]);
    const { promise, resolve } = Promise.withResolvers<void>();
    const left = whileWorking(noteTaskOf('1.fansdb'), () => promise);
    forget();
    openCrashReport(dir, log);
    resolve();
    await left;
    expect([said, readdirSync(dir)]).toEqual([[], []]);
  });
});

describe('the work that a crash note names', () => {
  it('is that of every task while it is not known whose code fails, with what each fetches or fetched last', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = whileWorking(noteTaskOf('crash-test.stashdb'), async () => {
      await whileFetching('https://a.example/1', async () => {});
      await promise;
    });
    const second = whileWorking(noteTaskOf('crash-test.fansdb'), () =>
      whileFetching('https://b.example/2', () => promise),
    );
    await Promise.resolve();
    // Tests of other files may have left tasks under way in this process.
    const ofThisTest = () => currentWork().filter(({ task_id }) => task_id.startsWith('crash-test.'));
    expect(ofThisTest().map(({ task_id, urls }) => [task_id, urls])).toEqual([
      ['crash-test.stashdb', ['https://a.example/1']],
      ['crash-test.fansdb', ['https://b.example/2']],
    ]);
    resolve();
    await Promise.all([first, second]);
    expect(ofThisTest()).toEqual([]);
  });

  it('is that of one task when it is its code that fails', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const other = whileWorking(noteTaskOf('1.fansdb'), () => promise);
    await whileWorking(noteTaskOf('1.stashdb'), async () => {
      expect(currentWork().map(({ task_id }) => task_id)).toEqual(['1.stashdb']);
    });
    resolve();
    await other;
  });
});

describe('a crash note', () => {
  it('is kept until it was reported to each of its tasks, however often the runner starts', () => {
    writeCrashNote(dir, noteOf('1.stashdb', '1.fansdb'));
    const { said, log } = listen();
    const now = Date.parse('2026-01-01T00:01:00.000Z');
    openCrashReport(dir, log, { now })({ task_id: '1.stashdb' }, log);
    const tell = openCrashReport(dir, log, { now });
    tell({ task_id: '1.stashdb' }, log);
    tell({ task_id: '1.fansdb' }, log);
    tell({ task_id: '1.fansdb' }, log);
    expect(said.map(({ level }) => level)).toEqual(['warn', 'error', 'warn', 'error']);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is logged once when no task was running', () => {
    writeCrashNote(dir, noteOf());
    const { said, log } = listen();
    openCrashReport(dir, log, { now: Date.parse('2026-01-01T00:01:00.000Z') });
    openCrashReport(dir, log, { now: Date.parse('2026-01-01T00:01:00.000Z') });
    expect(said.map(({ message }) => message)).toEqual([
      'The runner ended because of an uncaught error at 2026-01-01T00:00:00.000Z: Error: unexpected end of file',
    ]);
  });

  it('is forgotten when it is a week old, or cannot be read', () => {
    writeCrashNote(dir, noteOf('1.stashdb'));
    expect(readCrashNote(dir, Date.parse('2026-01-09T00:00:00.000Z'))).toBeNull();
    writeFileSync(join(dir, 'crash.json'), '{"at":');
    expect(readCrashNote(dir, Date.parse('2026-01-01T00:00:00.000Z'))).toBeNull();
  });
});
