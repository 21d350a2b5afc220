import { type enteredConfigSchema, enteredConfigSchemaFor } from '@trainer/contract/config';
import type { AppContext } from '../context/app-context.ts';
import type { Database } from '../db/open.ts';
import { isoTime } from '../http/iso-time.ts';
import { mount } from '../http/mount.ts';
import { listDefinitions, titlesOf } from '../sources/store.ts';
import { readConfig, readRevision, settleConfig, toView } from './read-config.ts';
import { saveConfig } from './save-config.ts';
import { latestRevision, listRevisions } from './store.ts';
import { fromYaml, toYaml } from './yaml.ts';

export function mountConfig(appContext: AppContext): void {
  const { deps } = appContext;
  const { db } = deps;

  mount(appContext, 'GET /api/config', async () => {
    const current = await readConfig(db);
    return Response.json(toView(current), { headers: revisionHeaders(current.revision) });
  });

  const storedBefore = async () => (await latestRevision(db)).input;

  mount(
    appContext,
    'PUT /api/config',
    async ({ bodyAsSent, headers, caller }) =>
      toView(await saveConfig(deps, { input: bodyAsSent, actor: caller.name, ifMatch: headers['if-match'] })),
    { bodySchema: () => enteredSchema(db), storedBefore },
  );

  mount(appContext, 'GET /api/config.yaml', async () => {
    const { config, revision } = await readConfig(db);
    return new Response(toYaml(config, revision, titlesOf(await listDefinitions(db))), {
      headers: {
        ...revisionHeaders(revision),
        'content-type': 'application/yaml; charset=utf-8',
        'content-disposition': 'attachment; filename="config.yaml"',
      },
    });
  });

  mount(appContext, 'PUT /api/config.yaml', async ({ body, headers, caller }) => {
    const input = fromYaml(body, await enteredSchema(db), await storedBefore());
    return toView(await saveConfig(deps, { input, actor: caller.name, ifMatch: headers['if-match'] }));
  });

  mount(appContext, 'GET /api/config/revisions', async ({ query }) =>
    (await listRevisions(db, query.limit)).map(({ revision, createdAt, actor, changed }) => ({
      revision,
      created_at: isoTime(createdAt),
      actor,
      changed,
    })),
  );

  mount(appContext, 'GET /api/config/revisions/{revision}', ({ params }) =>
    readRevision(db, params.revision),
  );
}

/** What may be entered now: sources that are known, and those that are configured already. */
async function enteredSchema(db: Database): Promise<typeof enteredConfigSchema> {
  const definitions = await listDefinitions(db);
  const { config } = settleConfig(await latestRevision(db), definitions);
  return enteredConfigSchemaFor(definitions, Object.keys(config.sources));
}

/** The entity tag is what `If-Match` wants back. */
function revisionHeaders(revision: number): Record<string, string> {
  return { etag: `"${revision}"`, 'cache-control': 'no-store' };
}
