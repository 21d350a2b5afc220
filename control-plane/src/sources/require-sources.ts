import type { SourceDefinition, SourceId } from '@trainer/contract/sources';
import { invalidRequest } from '../http/problem-error.ts';

/**
 * Refuses names that no source has, as somebody has just written them down; null stands for one that need not be looked at.
 *
 * @throws {ProblemError} `invalid_request` with every wrong one by its place in `field`
 */
export function requireSources(
  ids: readonly (SourceId | null)[],
  definitions: readonly SourceDefinition[],
  field: string,
): void {
  const errors = ids.flatMap((id, at) => {
    if (id === null || definitions.some((each) => each.id === id)) return [];
    const message = `"${id}" is no source that this release ships or that a runner has announced`;
    return [{ field: `${field}.${at}`, message }];
  });
  if (errors.length > 0)
    throw invalidRequest({ errors: errors.slice(0, 20), more: Math.max(0, errors.length - 20) });
}
