import { setTimeout as sleep } from 'node:timers/promises';
import { ApiProblem, type Call } from '@trainer/contract/client';
import { logQuerySchema, type StoredLogLine, storedLogLineSchema } from '@trainer/contract/logs';
import { describeMistakes } from '@trainer/contract/problems';
import { visibleJson } from '@trainer/contract/visible';
import type { Command } from 'commander';
import { formatEntry } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { CliError } from './cli-error.ts';
import { connect } from './connect.ts';
import { readEvents } from './read-events.ts';
import type { Terminal } from './terminal.ts';

/** Until the control plane has said otherwise, ms. */
const firstPauseMs = 1_000;
/** Past lines come at once; so much silence means that they were all. */
const silenceMs = 700;

interface LogOptions {
  follow?: boolean;
  run?: string;
  source?: string;
  level?: string;
  tail?: string;
  json?: boolean;
}

export function addLogs(program: Command, terminal: Terminal): void {
  program
    .command('logs')
    .description('the log of all runs')
    .option('-f, --follow', 'go on as lines come, also over restarts of the control plane')
    .option('--run <id>', 'only of this run')
    .option('--source <id>', 'only of this source')
    .option('--level <level>', 'only of this level and above: debug, info, warn or error')
    .option('--tail <n>', 'how many past lines to begin with (200)')
    .option('--json', 'one JSON object per line')
    .action(async ({ follow, json, ...given }: LogOptions) => {
      const query = readQuery(given);
      const print = (line: StoredLogLine) =>
        terminal.out(`${json ? visibleJson(line) : formatEntry({ ...line, time: new Date(line.time) })}\n`);
      const reader = createLogReader(connect(terminal), query, print);
      await (follow ? reader.follow(terminal) : reader.readPast(terminal.interrupted));
    });
}

type LogQuery = ReturnType<typeof readQuery>;

function readQuery(given: Record<string, unknown>) {
  const parsed = logQuerySchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new CliError('wrongInput', `These lines cannot be asked for: ${describeMistakes(parsed.error)}`);
}

function createLogReader(api: Call, query: LogQuery, print: (line: StoredLogLine) => void) {
  let lastId: string | undefined;
  let pauseMs = firstPauseMs;

  async function read(signal: AbortSignal, onLine: () => void): Promise<void> {
    const response = await api('GET /api/logs', { query, headers: { 'last-event-id': lastId }, signal });
    if (!response.body) return;
    for await (const { id, data, retryMs } of readEvents(response.body)) {
      lastId = id ?? lastId;
      pauseMs = retryMs ?? pauseMs;
      if (data === null) continue;
      print(storedLogLineSchema.parse(JSON.parse(data)));
      onLine();
    }
  }

  return {
    async readPast(signal: AbortSignal): Promise<void> {
      const silent = new AbortController();
      let timer = setTimeout(() => silent.abort(), silenceMs * 3);
      const onLine = () => {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), silenceMs);
      };
      try {
        await read(AbortSignal.any([signal, silent.signal]), onLine);
      } catch (error) {
        if (!silent.signal.aborted) throw error;
      } finally {
        clearTimeout(timer);
      }
    },
    /** Comes back with the last line's id whenever the stream ends. */
    async follow({ interrupted, err }: Terminal): Promise<void> {
      while (!interrupted.aborted) {
        let isBroken = false;
        try {
          await read(interrupted, () => {});
        } catch (error) {
          if (interrupted.aborted) return;
          if (error instanceof ApiProblem && error.status < 500) throw error;
          isBroken = true;
          err(`The log broke off (${messageOf(error)}), asking again\n`);
        }
        // A stream that ended well may have said to come back at once; whoever is not there did not.
        const restMs = isBroken ? Math.max(pauseMs, firstPauseMs) : pauseMs;
        await sleep(restMs, undefined, { signal: interrupted }).catch(() => {});
      }
    },
  };
}
