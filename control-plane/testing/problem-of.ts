import { type Problem, problemSchema } from '@trainer/contract/problems';

/** The problem document of a refusal; anything else fails the test. */
export async function problemOf(response: Response): Promise<Problem> {
  if (response.headers.get('content-type') !== 'application/problem+json') {
    throw new Error(`${response.status} is no problem document: ${await response.text()}`);
  }
  return problemSchema.parse(await response.json());
}
