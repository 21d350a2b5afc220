import { describe, expect, it } from 'vitest';
import { runCommand, startServer } from '../../testing/cli/run-command.ts';
import { hangUp } from '../../testing/fake-control-plane/answers.ts';

describe('logs', () => {
  const line = (id: number) => ({
    id,
    run_id: 3,
    task_id: '3.stashdb',
    seq: id,
    time: '2026-01-02T03:04:05.000Z',
    level: 'warn',
    source: 'stashdb',
    message: `line ${id}`,
    fields: { page: id },
  });
  const events = (...ids: number[]) => ({
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: `: hello\n\n${ids.map((id) => `id: ${id}\ndata: ${JSON.stringify(line(id))}\n\n`).join('')}`,
  });

  it('are printed as they were, and filtered by the control plane', async () => {
    const { server, env } = await startServer();
    await using _ = server;
    server.override('GET /api/logs', () => events(1, 2));
    const { out, code } = await runCommand('logs --run 3 --level warn', env);
    expect(code).toBe(0);
    expect(out).toBe(
      '2026-01-02 03:04:05 warn  stashdb: line 1  page=1\n2026-01-02 03:04:05 warn  stashdb: line 2  page=2\n',
    );
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toMatchObject({ run: '3', level: 'warn' });
  });

  it('are followed over a broken stream without gap or double', async () => {
    const { server, env } = await startServer();
    await using _ = server;
    const interruption = new AbortController();
    const answers = [events(1, 2), events(3)].map((answer) => ({
      ...answer,
      body: `retry: 20\n\n${answer.body}`,
    }));
    server.override('GET /api/logs', () => {
      const next = answers.shift();
      if (!next) interruption.abort();
      return next ?? hangUp;
    });
    const { out } = await runCommand('logs -f --json', env, interruption.signal);
    expect(
      out
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text).id),
    ).toEqual([1, 2, 3]);
    expect(server.requestsTo('GET /api/logs')[1]?.headers['last-event-id']).toBe('2');
  });

  it('are not asked for in a storm when nobody answers after a stream that said to come back at once', async () => {
    const { server, env } = await startServer();
    await using _ = server;
    const interruption = new AbortController();
    const askedAt: number[] = [];
    server.override('GET /api/logs', () => {
      askedAt.push(performance.now());
      if (askedAt.length === 1) return { ...events(1), body: `retry: 20\nid: 1\n\n${events(1).body}` };
      if (askedAt.length === 3) interruption.abort();
      return hangUp;
    });
    const { err } = await runCommand('logs -f', env, interruption.signal);
    const [, second = 0, third = 0] = askedAt;
    // A second at least; timers count whole milliseconds.
    expect(third - second).toBeGreaterThan(990);
    expect(err).toMatch(/^The log broke off \(.*\), asking again\n$/);
  });
});
