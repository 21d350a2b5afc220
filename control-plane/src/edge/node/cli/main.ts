import { keepFilesPrivate } from '@trainer/contract/private-files';
import { runCli } from './run-cli.ts';

// A reader such as `head` has enough; the command goes on.
process.stdout.on('error', () => {});
keepFilesPrivate(process.env);
process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
