import type { SourceId } from '@trainer/contract/sources';

/** Why a source that its owner has retired is not used, and how it is used again. `at` is ISO 8601. */
export function describeRetired(at: string, id: SourceId): string {
  return `was retired on ${at.slice(0, 10)}; \`runner catalog retire-source ${id} --undo\` takes that back`;
}
