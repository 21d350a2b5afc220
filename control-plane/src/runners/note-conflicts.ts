import type { Runner } from '@trainer/contract/leases';
import type { Deps } from '../context/deps.ts';
import { listKnownSources } from '../sources/store.ts';
import { findConflict } from './find-conflicts.ts';
import { listRunners } from './store.ts';

/** Says in the log how the definitions that a runner has just announced differ from those that count. */
export async function noteConflicts(
  { db, clock, record }: Pick<Deps, 'db' | 'clock' | 'record'>,
  runner: Runner,
): Promise<void> {
  const runners = await listRunners(db, clock.now());
  const nameOf = (id: string) => runners.find(({ about }) => about.runner_id === id)?.about.name ?? id;
  const found = (await listKnownSources(db)).flatMap((source) => {
    const message = findConflict(source, runner, nameOf);
    return message === null ? [] : [{ level: 'warn' as const, message, source: source.definition.id }];
  });
  if (found.length > 0) await record(...found);
}
