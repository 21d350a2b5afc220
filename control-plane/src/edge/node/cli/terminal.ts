/** Where a command reads and writes; a test hands in its own. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Results. */
  out: (text: string) => void;
  /** Errors. */
  err: (text: string) => void;
}
