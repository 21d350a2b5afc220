import { keepFilesPrivate } from '@trainer/contract/private-files';
import type { Command } from 'commander';
import { readRunnerSettings } from '../settings/settings.ts';
import type { Terminal } from './terminal.ts';

export function addStart(program: Command, terminal: Terminal): void {
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
