import { keepFilesPrivate } from '@trainer/contract/private-files';
import { version } from '@trainer/contract/version';
import { Command, CommanderError } from 'commander';
import { isHealthy } from '../lease/is-healthy.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { addBuild } from './build.ts';
import { addCatalog } from './catalog.ts';
import { CliError, exitCodes, explain } from './cli-error.ts';
import { addExclusions } from './exclusions.ts';
import { addExplain } from './explain.ts';
import { addLogs } from './logs.ts';
import { addModels } from './models.ts';
import { addReviews } from './reviews.ts';
import { addRuns, addStatus, addStop } from './runs.ts';
import { addSchedules } from './schedules.ts';
import { addSources } from './sources.ts';
import { safely, show, type Terminal } from './terminal.ts';
import { addVersions } from './versions.ts';

/** Carries one command line out and resolves with the exit code (`exitCodes`). Never throws. */
export async function runCli(args: readonly string[], bare: Terminal): Promise<number> {
  const terminal = safely(bare);
  const program = createProgram(terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.done.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.wrongInput.code;
    if (terminal.interrupted.aborted) return 130;
    const { message, code } = explain(error);
    terminal.err(`${message}\n`);
    return code;
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('runner')
    .version(version, '--version', 'show the release')
    .description('Builds the face database that Stash sidecars identify performers with.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for what can be said here)')
    .addHelpText('after', helpText);
  const commands = [
    addStart,
    addBuild,
    addStatus,
    addStop,
    addRuns,
    addSchedules,
    addLogs,
    addVersions,
    addExclusions,
    addModels,
    addCatalog,
    addSources,
    addReviews,
    addExplain,
    addHealth,
  ];
  for (const add of commands) add(program, terminal);
  return program;
}

const helpText = `
Environment:
  CONTROL_PLANE_URL    where the control plane answers (http://127.0.0.1:8080)
  CONTROL_PLANE_TOKEN  token for these commands; without it RUNNER_TOKEN, or what a control plane on this
                       machine has left in DATA_DIR
  DATA_DIR             the runner's folder (./data)
  The rest is listed, a sentence each, in .env.example.

Exit codes:
${Object.values(exitCodes)
  .map(({ code, gloss }) => `  ${code}  ${gloss}`)
  .join('\n')}
  130  interrupted
`;

function addStart(program: Command, terminal: Terminal): void {
  program
    .command('start')
    .description('the runner itself: waits for tasks and works them until SIGTERM or Ctrl-C')
    .action(async () => {
      const settings = readRunnerSettings(terminal.env);
      keepFilesPrivate(terminal.env);
      // Only this command needs the ONNX runtime, sharp and the rest.
      const { startRunner } = await import('./start-runner.ts');
      await startRunner(settings, terminal);
    });
}

function addHealth(program: Command, terminal: Terminal): void {
  program
    .command('health')
    .description('whether the runner that works in DATA_DIR is well, for container health checks')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => {
      const health = isHealthy(readRunnerSettings(terminal.env).DATA_DIR);
      if (!health.healthy && !options.json) throw new CliError('failed', health.said);
      show(terminal, options, health, () => health.said);
      if (!health.healthy) throw new CliError('failed', health.said);
    });
}
