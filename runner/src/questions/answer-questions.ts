import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import type { Explanation, OpenQuestion } from '@trainer/contract/questions';
import pLimit from 'p-limit';
import type { CatalogDatabase } from '../catalog/database.ts';
import { explainPerformer } from '../explain/explain-performer.ts';
import type { Logger } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { findExclusions } from './find-exclusions.ts';
import { fitExplanation } from './fit-explanation.ts';

interface AnswerDeps {
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

interface ExplainDeps {
  catalog: CatalogDatabase;
  session: Call;
}

/** Answers from the catalog; about exclusions only where whoever asks may know of them. */
export async function explainQuestion(
  { about, may_see_exclusions: maySee }: OpenQuestion,
  { catalog, session }: ExplainDeps,
): Promise<Explanation> {
  const listInForce = async () => {
    const signal = AbortSignal.timeout(limits.questionWaitsMs);
    return (await session('GET /api/exclusions', { signal })).filter(({ removed_at }) => removed_at === null);
  };
  const explanation = await explainPerformer(catalog, about, {
    findExclusions: async () =>
      findExclusions(about, { catalog, exclusions: maySee ? await listInForce() : [] }),
  });
  return fitExplanation(explanation);
}
