import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import type { Explanation, OpenQuestion } from '@trainer/contract/questions';
import pLimit from 'p-limit';
import type { Logger } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';

export interface AnswerDeps {
  /** Looks somebody up in the catalog. */
  explain: (question: OpenQuestion) => Promise<Explanation>;
  session: Call;
  log: Logger;
}

/**
 * Makes what answers questions beside the tasks: one after the other, so that no number of them gets into the way of the work.
 * One that cannot be answered is left to expire, and the log says why without saying whom it was about.
 */
export function createAnswerer({ explain, session, log }: AnswerDeps): (question: OpenQuestion) => void {
  const oneByOne = pLimit(1);
  const answer = async (question: OpenQuestion): Promise<void> => {
    try {
      const body = await explain(question);
      // After that the control plane does not want it any more.
      const signal = AbortSignal.timeout(limits.questionWaitsMs);
      await session('PUT /api/questions/{id}/answer', { params: { id: question.id }, body, signal });
    } catch (error) {
      log.warn(`A question about a performer could not be answered: ${messageOf(error)}`);
    }
  };
  return (question) => void oneByOne(() => answer(question));
}
