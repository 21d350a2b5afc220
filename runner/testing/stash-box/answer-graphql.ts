import {
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { z } from 'zod';
import type { Caller } from './resolvers.ts';

export type GraphqlAnswer = { status: number; body: unknown };

const questionSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/**
 * Parses, validates and executes one request, with the statuses of a real stash-box: 422 with a code for a document that
 * does not parse or fit the schema or whose variables don't; 200 for everything else, errors in resolvers included.
 */
export async function answerGraphql(
  schema: GraphQLSchema,
  rootValue: unknown,
  body: string,
  caller: Caller,
): Promise<GraphqlAnswer> {
  let question: z.infer<typeof questionSchema>;
  let document: ReturnType<typeof parse>;
  try {
    question = questionSchema.parse(JSON.parse(body));
    document = parse(question.query);
  } catch (error) {
    return refusal('GRAPHQL_PARSE_FAILED', [
      { message: error instanceof Error ? error.message : String(error) },
    ]);
  }
  const mistakes = validate(schema, document);
  if (mistakes.length > 0) return refusal('GRAPHQL_VALIDATION_FAILED', mistakes);
  const result = await execute({
    schema,
    document,
    rootValue,
    contextValue: caller,
    variableValues: question.variables,
    operationName: question.operationName,
  });
  return answer(result);
}

/** An executor that has no `data` key never began: the variables were wrong. */
function answer(result: ExecutionResult): GraphqlAnswer {
  return 'data' in result
    ? { status: 200, body: result }
    : refusal('GRAPHQL_VALIDATION_FAILED', result.errors ?? []);
}

function refusal(code: string, errors: readonly Pick<GraphQLError, 'message'>[]): GraphqlAnswer {
  return {
    status: 422,
    body: { errors: errors.map(({ message }) => ({ message, extensions: { code } })), data: null },
  };
}
