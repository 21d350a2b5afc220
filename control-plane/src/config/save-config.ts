import { type Config, configSchemaFor } from '@trainer/contract/config';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { listDefinitions } from '../sources/store.ts';
import { settleConfig } from './read-config.ts';
import { insertRevision, latestRevision } from './store.ts';

/**
 * Stores a new revision as it was sent: omitted fields keep following the defaults.
 *
 * @param input fits `enteredConfigSchema`; fields that it does not name are stored as well
 * @param ifMatch the header that names the revision which the caller has seen: `"7"`
 * @throws {ProblemError} `revision_required` or `revision_changed`
 */
export async function saveConfig(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  { input, actor, ifMatch }: { input: unknown; actor: string; ifMatch: string | undefined },
): Promise<{ config: Config; revision: number }> {
  const before = await latestRevision(db);
  refuseOtherRevision(ifMatch, before.revision);
  const definitions = await listDefinitions(db);
  const config = configSchemaFor(definitions).parse(input);
  const changed = changedFields(settleConfig(before, definitions).config, config);
  const revision = before.revision + 1;
  const isStored = await insertRevision(db, { revision, input, changed, actor, createdAt: clock.now() });
  if (!isStored) throw revisionChanged((await latestRevision(db)).revision, before.revision);
  return { config, revision };
}

function refuseOtherRevision(ifMatch: string | undefined, current: number): void {
  if (ifMatch === undefined) {
    throw new ProblemError(
      'revision_required',
      `Send the revision that you have changed. The newest is If-Match: "${current}".`,
    );
  }
  const seen = /^\s*(?:W\/)?"?(\d+)"?\s*$/.exec(ifMatch)?.[1];
  if (seen !== String(current)) throw revisionChanged(current, seen ?? ifMatch);
}

function revisionChanged(current: number, seen: string | number): ProblemError {
  return new ProblemError(
    'revision_changed',
    `The newest revision of the configuration is ${current}, and you have changed ${seen}. Read it again and repeat your change.`,
  );
}

/** Paths of the fields in which two plain values differ: `sources.stashdb.rate_limit`. */
export function changedFields(before: unknown, after: unknown, path: string[] = []): string[] {
  if (!isRecord(before) || !isRecord(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [path.join('.')];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => changedFields(before[name], after[name], [...path, name]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
