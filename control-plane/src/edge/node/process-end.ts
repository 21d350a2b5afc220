import { withCauses } from '../../http/with-causes.ts';
import { printLine } from '../print-line.ts';

/** sysexits' EX_SOFTWARE: a fault in the program itself, as the runner says it too. */
export const crashedExitCode = 70;

/**
 * The last line of defence: an error that nothing has caught, or a rejection that nothing handles, is written to the program's log
 * and ends the process with `crashedExitCode`.
 *
 * @param what the program, as the line begins: "The control plane"
 */
export function endOnUncaughtError(what: string): void {
  process.on('uncaughtException', (error: unknown) => {
    // Without the first lines of the stack: they repeat the message, of a failed statement with its values.
    const at = error instanceof Error ? framesOf(error) : '';
    printLine('error', `${what} ends because of an uncaught error: ${withCauses(error)}`, { at });
    process.exit(crashedExitCode);
  });
}

function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join(' | ');
}

/** Resolves once the process is told to end. */
export function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
