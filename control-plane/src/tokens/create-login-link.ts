import type { Deps } from '../context/deps.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { insertLoginCode } from './store.ts';

/** An owner may read the first start's output a day later. */
const LINK_MS = 24 * 60 * 60 * 1_000;

/**
 * A link that logs its first visitor in as owner. The code stands in the fragment, which browsers keep to
 * themselves, so it reaches no log on the way.
 *
 * @param base the dashboard's address: `http://127.0.0.1:8080`
 */
export async function createLoginLink(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  base: string,
): Promise<string> {
  const code = newSecret();
  await insertLoginCode(db, await hashSecret(code), clock.now(), clock.now() + LINK_MS);
  return `${new URL('/login', base)}#code=${code}`;
}
