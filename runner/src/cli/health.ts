import type { Command } from 'commander';
import { isHealthy } from '../lease/is-healthy.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { CliError } from './cli-error.ts';
import { show, type Terminal } from './terminal.ts';

export function addHealth(program: Command, terminal: Terminal): void {
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
