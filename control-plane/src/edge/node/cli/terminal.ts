import { visibleLines } from '@trainer/contract/visible';

/** Where a command reads and writes; a test hands in its own. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Results. */
  out: (text: string) => void;
  /** Errors. */
  err: (text: string) => void;
}

/** The same terminal, on which control characters from outside are seen and not obeyed. Line breaks stay. */
export function safely({ env, out, err }: Terminal): Terminal {
  return { env, out: (text) => out(visibleLines(text)), err: (text) => err(visibleLines(text)) };
}
