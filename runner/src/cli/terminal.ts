import { visibleJson, visibleLines } from '@trainer/contract/visible';

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

/** The same terminal, on which control characters from outside are seen and not obeyed. Line breaks stay. */
export function safely(terminal: Terminal): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(visibleLines(text)),
    err: (text) => terminal.err(visibleLines(text)),
  };
}

/** Prints `value` as JSON for scripts, or as `text` for people. */
export function show(
  terminal: Terminal,
  { json }: { json?: boolean },
  value: unknown,
  text: () => string,
): void {
  terminal.out(json ? `${visibleJson(value, 2)}\n` : `${text()}\n`);
}
