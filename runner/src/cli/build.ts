import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '@trainer/contract/client';
import { describeMistakes } from '@trainer/contract/problems';
import { startRunSchema } from '@trainer/contract/runs';
import type { Command } from 'commander';
import { retryDecision } from '../control/call-failures.ts';
import { pauseMs } from '../control/session.ts';
import { CliError } from './cli-error.ts';
import { connect } from './connect.ts';
import { followRun } from './follow-run.ts';
import { describeRun } from './runs.ts';
import { show, type Terminal } from './terminal.ts';

/** Some 3 s in all: enough for a connection that broke, and whoever finds nobody there hears of it soon. */
const attempts = 5;

interface BuildOptions {
  sources?: string;
  full?: boolean;
  faces: boolean;
  maxFacesPerSource?: string;
  maxFacesTotal?: string;
  referenceMode?: string;
  modelPack?: string;
  queue?: boolean;
  wait?: boolean;
  json?: boolean;
}

export function addBuild(program: Command, terminal: Terminal): void {
  program
    .command('build')
    .description('start a run that builds a version')
    .option(
      '--sources <ids>',
      'sources, separated by commas; without it those that the configuration enables',
    )
    .option('--full', 'walk every source from its beginning, not only what has changed')
    .option('--no-faces', 'bring performers up to date without looking at pictures')
    .option('--max-faces-per-source <n>', 'upper bound of faces per performer and source')
    .option('--max-faces-total <n>', 'upper bound of faces per performer')
    .option('--reference-mode <mode>', 'how reference sites are asked: url or name')
    .option('--model-pack <id>', 'model pack of this run instead of the configured one')
    .option('--queue', 'wait for its turn while another run is active')
    .option('--wait', 'show progress until the run is over; fails when the run does')
    .option('--json', 'as JSON')
    .action(async (options: BuildOptions) => {
      const body = readOptions(options);
      const api = connect(terminal);
      const started = await startOnce(api, body, terminal);
      if (options.wait) return waitFor(api, started.run_id, options, terminal);
      show(terminal, options, started, () => `Run ${started.run_id} is ${started.status}.`);
    });
}

/** A run may have begun although the answer was lost: asked again with its id, it is the same run. */
async function startOnce(api: Call, given: ReturnType<typeof readOptions>, terminal: Terminal) {
  const body = { ...given, request_id: randomUUID() };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api('POST /api/build/start', { body, signal: terminal.interrupted });
    } catch (error) {
      if (retryDecision(error) !== 'soon' || attempt === attempts) throw error;
      await sleep(pauseMs(error, 'soon', attempt, Math.random), undefined, { signal: terminal.interrupted });
    }
  }
}

function readOptions(options: BuildOptions) {
  const given = {
    sources: options.sources?.split(',').map((id) => id.trim()),
    enable_faces: options.faces,
    max_faces_per_source: asNumber(options.maxFacesPerSource),
    max_faces_total: asNumber(options.maxFacesTotal),
    reference_mode: options.referenceMode,
    full: options.full,
    model_pack: options.modelPack,
    queue: options.queue,
  };
  const parsed = startRunSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new CliError('wrongInput', `This build cannot be asked for: ${describeMistakes(parsed.error)}`);
}

function asNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

async function waitFor(api: Call, id: number, options: BuildOptions, terminal: Terminal): Promise<void> {
  const run = await followRun(api, id, terminal);
  show(terminal, options, run, () => describeRun(run));
  if (run.status === 'completed') return;
  throw new CliError('failed', `Run ${id} is ${run.status}: ${run.reason ?? 'no reason was given'}`);
}
