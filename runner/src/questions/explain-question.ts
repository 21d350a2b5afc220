import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import type { Explanation, OpenQuestion } from '@trainer/contract/questions';
import type { CatalogDatabase } from '../catalog/database.ts';
import { explainPerformer } from '../explain/explain-performer.ts';
import { fitExplanation } from './fit-explanation.ts';
import { whyKeptOut } from './why-kept-out.ts';

export interface ExplainDeps {
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
    whyKeptOut: async () => whyKeptOut(about, { catalog, exclusions: maySee ? await listInForce() : [] }),
  });
  return fitExplanation(explanation);
}
