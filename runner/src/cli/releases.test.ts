import { ApiProblem } from '@trainer/contract/client';
import { problemDocument } from '@trainer/contract/problems';
import { version } from '@trainer/contract/version';
import { expect, it } from 'vitest';
import { explain } from './cli-error.ts';

const refused = (detail: string, answeredBy: { name: string; version: string } | null) =>
  explain(
    new ApiProblem(
      problemDocument('invalid_request', detail, [{ field: 'request_id', message: 'is not a known field' }]),
      null,
      answeredBy,
    ),
  ).message;
const known = 'request_id: is not a known field.';

it('names a refused field once', () => {
  expect(refused(known, { name: 'control-plane', version })).toBe(known);
});

it.each([
  [
    { name: 'control-plane', version: '0.0.1' },
    `The command line is ${version} and the control plane 0.0.1;`,
  ],
  [
    null,
    `The command line is ${version}, and the control plane does not say its release: it is probably older.`,
  ],
])('names both releases when %j refuses a field', (answeredBy, said) => {
  const message = refused(known, answeredBy);
  expect(message.startsWith(`${known} ${said}`)).toBe(true);
  // A control plane that says it itself is not repeated.
  expect(refused(message, answeredBy)).toBe(message);
});
