import type { VersionView } from '@trainer/contract/versions';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { findVisible, listVisible, type StoredVersion } from './store.ts';
import { toView } from './views.ts';

export async function listVersions({ db }: Pick<Deps, 'db'>): Promise<VersionView[]> {
  return (await listVisible(db)).map(toView);
}

/** @throws {ProblemError} `not_found` */
export async function readVersion({ db }: Pick<Deps, 'db'>, version: string): Promise<StoredVersion> {
  const found = await findVisible(db, version);
  if (!found) throw new ProblemError('not_found', `There is no version ${version}.`);
  return found;
}
