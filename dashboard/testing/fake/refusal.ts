import { type ProblemCode, problemDocument } from '@trainer/contract/problems';

/** Thrown by a handler to answer with a problem document. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly problem: ReturnType<typeof problemDocument>;

  constructor(...problem: Parameters<typeof problemDocument>) {
    super(problem[1]);
    this.problem = problemDocument(...problem);
  }
}

export function refuse(code: ProblemCode, detail: string): never {
  throw new Refusal(code, detail);
}
