import { ApiProblem, ApiUnreachable } from '@trainer/contract/client';

export interface Failure {
  title: string;
  /** What happened and what to do, as sentences. */
  detail: string;
  /** Wrong fields by their path. */
  fields: Record<string, string>;
  kind: 'refused' | 'unreachable' | 'broken';
}

/** An error as people should read it, whatever was thrown. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ApiProblem) {
    const fields = Object.fromEntries((error.errors ?? []).map(({ field, message }) => [field, message]));
    return {
      title: titles[error.code] ?? 'The request was rejected',
      detail: error.message,
      fields,
      kind: 'refused',
    };
  }
  if (error instanceof ApiUnreachable) {
    return {
      title: 'The control plane does not answer',
      detail: unreachable(error),
      fields: {},
      kind: 'unreachable',
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    title: 'The dashboard itself failed',
    detail: `${message} Reload the page.`,
    fields: {},
    kind: 'broken',
  };
}

const titles: Record<string, string> = {
  invalid_request: 'Some fields are invalid',
  nothing_running: 'Nothing is running',
  unauthenticated: 'You are not signed in',
  forbidden: 'Your token does not allow this',
  not_found: 'Not found',
  run_active: 'A run is active already',
  revision_changed: 'The configuration was changed meanwhile',
  too_large: 'The request is too large',
  too_many_requests: 'Too many failed attempts',
  internal: 'The control plane failed',
  unavailable: 'The control plane cannot answer now',
};

function unreachable({ status }: ApiUnreachable): string {
  if (status === null)
    return 'Check that it is running and that this device has a network. The dashboard retries.';
  return `A server in between, perhaps a proxy, answered with ${status}. The dashboard retries.`;
}
