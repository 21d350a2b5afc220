/** Where a command reads and writes; a test hands in its own. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Results; the only thing on standard output. */
  out: (text: string) => void;
  /** Progress and errors. */
  err: (text: string) => void;
  /** Somebody watches standard error: progress may move. */
  isWatched: boolean;
  /** Aborts at Ctrl-C, for commands that wait. */
  interrupted: AbortSignal;
}

/** Prints `value` as JSON for scripts, or as `text` for people. */
export function show(
  terminal: Terminal,
  { json }: { json?: boolean },
  value: unknown,
  text: () => string,
): void {
  terminal.out(json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`);
}
