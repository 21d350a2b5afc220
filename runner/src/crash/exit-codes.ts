/** What the commands say to scripts. Printed by `runner --help`. */
export const exitCodes = {
  done: { code: 0, gloss: 'done' },
  failed: {
    code: 1,
    gloss: 'it was tried and failed: the run failed, the version is not sound, the runner is not well',
  },
  wrongInput: { code: 2, gloss: 'the arguments or the settings are wrong' },
  unreachable: { code: 3, gloss: 'the control plane does not answer' },
  notAllowed: { code: 4, gloss: 'there is no token, or it does not allow this' },
  refused: { code: 5, gloss: 'the control plane refused: there is a run already, no such thing, …' },
  crashed: { code: 70, gloss: 'a fault in this program itself ended it; its last line says which' },
} as const;
export type ExitCode = keyof typeof exitCodes;
