import type { Call } from '@trainer/contract/client';

/** Everything that the API says about what is kept for good: two control planes that say the same hold the same. */
export async function tellAll(admin: Call) {
  const runs = await admin('GET /api/runs', { query: { limit: 200 } });
  const isOver = ({ finished_at: at }: { finished_at: string | null }) => at !== null;
  const revisions = await admin('GET /api/config/revisions', { query: {} });
  const reviews = (status: 'open' | 'decided' | 'closed') => admin('GET /api/reviews', { query: { status } });
  return {
    config: await admin('GET /api/config'),
    revisions: await Promise.all(
      revisions.map(async (listed) => ({
        ...listed,
        whole: await admin('GET /api/config/revisions/{revision}', { params: listed }),
      })),
    ),
    runs: await Promise.all(
      runs.filter(isOver).map(({ id }) => admin('GET /api/runs/{id}', { params: { id } })),
    ),
    queued: runs.filter(({ status }) => status === 'queued'),
    versions: await admin('GET /api/versions'),
    schedules: await admin('GET /api/schedules'),
    exclusions: await admin('GET /api/exclusions'),
    reviews: [await reviews('open'), await reviews('decided'), await reviews('closed')],
  };
}
