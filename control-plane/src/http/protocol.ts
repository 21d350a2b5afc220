import {
  type Comparison,
  compareProtocols,
  describeMismatch,
  introduction,
  type ProgramName,
  readIntroduction,
} from '@trainer/contract/protocol';
import { version } from '@trainer/contract/version';
import { invalidRequest } from './problem-error.ts';

/** A caller whose protocol does not fit ours. */
export interface Mismatch {
  verdict: Exclude<Comparison, 'fits'>;
  program: ProgramName | null;
  /** One sentence: which two do not fit, and which one is to be upgraded. */
  reason: string;
}

/**
 * Whether the caller speaks a protocol that this control plane speaks too; null when it does.
 *
 * @throws {ProblemError} `invalid_request` for a header that states no protocol
 */
export function findMismatch(headers: Headers): Mismatch | null {
  const { range, program } = readIntroduction(headers);
  if (range === null) {
    const message = 'expected the number of a protocol, such as 1, or a range, such as 1-2';
    throw invalidRequest({ errors: [{ field: 'stash-sense-protocol', message }], more: 0 });
  }
  const verdict = compareProtocols(range);
  if (verdict === 'fits') return null;
  return { verdict, program, reason: describeMismatch({ program, range }, { version }) };
}

/** States our own protocols and release with an answer. */
export function introduceOurselves(headers: Headers): void {
  const own = introduction({ name: 'control-plane', version });
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
}
