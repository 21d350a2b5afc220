#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts';

const interruption = new AbortController();
const isService = process.argv[2] === 'start';
// A reader such as `head` has enough; the runner itself goes on without one.
process.stdout.on('error', () => isService || process.exit(0));
process.stderr.on('error', () => {});
process.once('SIGINT', () => interruption.abort());
// The runner itself hands its leases back first. Other commands have nothing to hand back, and an exit removes their temporary files.
if (process.argv[2] !== 'start') {
  process.once('SIGTERM', () => process.exit(143));
  process.once('SIGHUP', () => process.exit(129));
}

// Exits by its own hand: a thread or a socket that lingers must not keep a finished command alive.
process.exit(
  await runCli(process.argv.slice(2), {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isWatched: process.stderr.isTTY === true,
    interrupted: interruption.signal,
  }),
);
