import { sql } from 'drizzle-orm';
import type { Site } from './app-env.ts';
import { mount } from './mount.ts';
import { ProblemError } from './problem-error.ts';
import { rootCause } from './with-causes.ts';

/** Anybody may ask, and the answer costs a write to the version store: so it is kept for a moment, ms. */
const KEPT_MS = 5_000;

/** Whether the process answers, and whether it can do its work. */
export function mountHealth(site: Site): void {
  const { db, objects, clock } = site.deps;
  let last: { at: number; flaws: Promise<Record<string, string | null>> } | null = null;

  const flaws = () => {
    if (!last || clock.now() - last.at >= KEPT_MS) last = { at: clock.now(), flaws: look() };
    return last.flaws;
  };
  const look = async () => ({
    database: await flawOf('The database cannot be read', () => db.run(sql`SELECT 1 FROM runs LIMIT 1`)),
    'version store': await flawOf('The version store cannot be used', () => objects.check()),
  });

  mount(site, 'GET /healthz', async () => ({ status: 'ok' as const }));

  mount(site, 'GET /readyz', async () => {
    const found = Object.entries(await flaws());
    const wrong = found.flatMap(([, flaw]) => flaw ?? []);
    if (wrong.length > 0) throw new ProblemError('unavailable', wrong.join(' '));
    return {
      status: 'ready' as const,
      checks: Object.fromEntries(found.map(([name]) => [name, 'can be used'])),
    };
  });
}

async function flawOf(what: string, look: () => Promise<unknown>): Promise<string | null> {
  try {
    await look();
    return null;
  } catch (error) {
    return `${what}: ${rootCause(error)}.`;
  }
}
