import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { hangLimits } from '@trainer/testing/hang-limits';
import { createApi } from '../../runner/src/control/api.ts';
import { createSession } from '../../runner/src/control/session.ts';
import { createLogger } from '../../runner/src/logs/logger.ts';
import type { StagedVersion } from '../../runner/src/upload/upload-version.ts';
import { until } from '../programs/until.ts';
import { seededRandom } from '../seeded-random.ts';
import { askForRuns } from './ask-for-runs.ts';
import { Book } from './book.ts';
import { checkStored } from './check-stored.ts';
import { checkVersions } from './check-versions.ts';
import { followLog } from './follow-log.ts';
import { type ChaosEdge, openChaosEdge } from './open-edge.ts';
import { type Disturbance, planDisturbances } from './plan-disturbances.ts';
import { impatiently, startLoadRunner } from './start-load-runner.ts';
import { watchGrants } from './watch-grants.ts';

/** This share of the disturbances comes before there is any work: while the database is set up and the first tokens are made. */
const EARLY_SHARE = 0.1;

export interface ChaosReport {
  /** What went wrong, a sentence each. */
  violations: readonly string[];
  /** How often what was done. */
  disturbances: Readonly<Record<string, number>>;
  runs: number;
  leases: number;
  lines: number;
  versions: number;
}

export interface ChaosOptions {
  /** Of disturbances. */
  count: number;
  seed: number;
  /** Gets what is done and what Worker and runners say to it, a line each. */
  print?: (line: string) => void;
}

/**
 * Lets two runners work through runs on a control plane whose surroundings break, again and again, from its very first
 * request on; and looks afterwards whether anything was lost or doubled.
 */
export async function runChaos({ count, seed, print = () => {} }: ChaosOptions): Promise<ChaosReport> {
  const random = seededRandom(seed);
  const book = new Book();
  const say = (line: string) => print(`${new Date().toISOString().slice(11, 23)} ${line}`);
  await using edge = await openChaosEdge(say);
  const plan = planDisturbances(count, random);
  const isLoaded = Promise.withResolvers<void>();
  const disturbing = disturb(edge, plan, { isLoaded: isLoaded.promise, book, say });
  const log = createLogger({ sinks: [({ message }) => say(`owner ${message}`)], redact: (text) => text });
  const api = createApi({ baseUrl: edge.url, token: edge.adminToken });
  const session = createSession({ api, log, sleep: impatiently });

  const { token } = await session('POST /api/tokens', {
    body: { name: 'runners', scope: 'runner', expires_at: null },
  });
  const value = { name: 'Jane Example', birth_year: 1990 };
  await session('POST /api/exclusions', { body: { kind: 'name', value } });
  using database = edge.look();
  watchGrants(database);
  await using working = new AsyncDisposableStack();
  const follower = followLog(api, book);
  const staged = new Map<string, StagedVersion>();
  const stagingDir = join(edge.dir, 'staging');
  const shared = { url: edge.url, token, book, stagingDir, staged, random, say };
  working.defer(() => follower.stop());
  for (const name of ['Attic', 'Cellar']) working.use(startLoadRunner({ ...shared, name }));

  isLoaded.resolve();
  const enough = new AbortController();
  const stopAsking = () => enough.abort();
  disturbing.then(stopAsking, stopAsking);
  const asking = askForRuns(session, { enough: enough.signal, random, patienceMs: hangLimits.waitMs });
  const [disturbances, wanted] = await Promise.all([disturbing, asking]);
  const { count: lines } = database.prepare('SELECT count(*) AS count FROM log_lines').get() ?? {};
  await until('the reader has every line', () => follower.lines.length >= Number(lines));
  await working.disposeAsync();
  checkStored(database, { book, wanted, read: follower.lines });
  const versions = await checkVersions(edge, api, book);
  return {
    violations: book.violations,
    disturbances,
    runs: wanted.length,
    leases: book.leases.size,
    lines: Number(lines),
    versions,
  };
}

/** The first beat after the control plane is back has arrived by then, also on a busy machine. */
const BACK_AGAIN_MS = 10_000;

/** Leases that were beaten lately outlive it. */
function expectKept(edge: ChaosEdge, book: Book, ms: number): void {
  using database = edge.look();
  const held = database
    .prepare("SELECT id, fence FROM tasks WHERE status = 'leased' AND lease_expires_at > ?")
    .all(Date.now() + ms + BACK_AGAIN_MS);
  for (const { id, fence } of held) book.toKeep.set(String(id), Number(fence));
}

/** Does one after the other, and answers with their numbers once all have happened. */
async function disturb(
  edge: ChaosEdge,
  plan: readonly Disturbance[],
  { isLoaded, book, say }: { isLoaded: Promise<void>; book: Book; say: (line: string) => void },
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const happened: Promise<unknown>[] = [];
  for (const [index, disturbance] of plan.entries()) {
    if (index >= plan.length * EARLY_SHARE) await isLoaded;
    await elapsed(disturbance.waitMs); // the random moment is the subject of this test
    const { what } = disturbance;
    const note = (detail: string) => {
      const said = detail ? `${what} ${detail}` : what;
      say(`chaos ${said}`);
      counts[said] = (counts[said] ?? 0) + 1;
    };
    if (what === 'the Worker killed') {
      note('');
      await edge.workerd.restart();
    } else if (what === 'the hub ended') {
      note('');
      await edge.endHub();
    } else if (what === 'nobody there for 30 s') {
      note('');
      expectKept(edge, book, 30_000);
      await edge.front.goAway(30_000);
    } else if (what === 'R2 failing') {
      const { moment, skipped } = disturbance;
      happened.push(edge.fate.failNext(moment, skipped).then((operation) => note(`${moment} ${operation}`)));
    } else {
      const { moment, skipped } = disturbance;
      const proxy = what === 'a connection to the Worker cut' ? edge.front : edge.back;
      happened.push(proxy.cutNext(moment, skipped).then(() => note(`${moment} the request`)));
    }
  }
  await Promise.all(happened);
  return counts;
}
