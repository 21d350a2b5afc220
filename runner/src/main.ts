#!/usr/bin/env node
import { runCli } from './cli/run-cli.ts';

const interruption = new AbortController();
// A reader such as `head` has enough.
process.stdout.on('error', () => process.exit(0));
process.once('SIGINT', () => interruption.abort());

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
