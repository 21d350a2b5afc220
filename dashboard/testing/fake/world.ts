import type { ConfigInput } from '@trainer/contract/config';
import type { Exclusion } from '@trainer/contract/exclusions';
import type { Hook } from '@trainer/contract/hooks';
import type { RunnerView, SourceAvailability } from '@trainer/contract/leases';
import type { StoredLogLine } from '@trainer/contract/logs';
import type { Question } from '@trainer/contract/questions';
import type { Review } from '@trainer/contract/reviews';
import type { ResponseOf } from '@trainer/contract/routes';
import type { RunDetail } from '@trainer/contract/runs';
import type { Schedule } from '@trainer/contract/schedules';
import type { SessionView, TokenView } from '@trainer/contract/tokens';
import type { VersionView } from '@trainer/contract/versions';

/** All that the fake control plane knows; tests change it freely. */
export interface World {
  now(): number;
  session: SessionView | null;
  /** The one-time code that opens a session. */
  code: string | null;
  runs: RunDetail[];
  runners: RunnerView[];
  /** What somebody should see to. */
  warnings: string[];
  versions: VersionView[];
  tokens: TokenView[];
  revisions: { created_at: string; actor: string; document: ConfigInput; changed: string[] }[];
  reviews: Review[];
  questions: Question[];
  exclusions: Exclusion[];
  schedules: Schedule[];
  hooks: Hook[];
  lines: StoredLogLine[];
  logListeners: Set<(line: StoredLogLine) => void>;
  /** While set, nobody answers. */
  offline: boolean;
  /** While set, requests take effect, but their answers never arrive. */
  dropsResponses: boolean;
  /** What was started, by the id of the request. */
  started: Map<string, ResponseOf<'POST /api/build/start'>>;
}

export const scenarios = ['empty', 'running', 'failed', 'finished'] as const;
export type Scenario = (typeof scenarios)[number];

export function isScenario(value: string | null): value is Scenario {
  return scenarios.some((scenario) => scenario === value);
}

/** A time `minutes` before the world's now. */
export function ago(world: Pick<World, 'now'>, minutes: number): string {
  return new Date(world.now() - minutes * 60_000).toISOString();
}

export const availability: SourceAvailability[] = [
  ...(['stashdb', 'theporndb', 'fansdb', 'freeones', 'boobpedia', 'thenude', 'pornpics'] as const).map(
    (id) => ({
      id,
      available: true,
      reason: null,
    }),
  ),
  { id: 'pmvstash', available: false, reason: 'PMVSTASH_API_KEY is not set' },
  { id: 'javstash', available: false, reason: 'JAVSTASH_API_KEY is not set' },
  { id: 'babepedia', available: false, reason: 'FLARESOLVERR_URL is not set' },
  { id: 'iafd', available: false, reason: 'FLARESOLVERR_URL is not set' },
  { id: 'folder', available: true, reason: null, note: '12 performers, 340 photos' },
];
