import type { AppContext } from '../context/app-context.ts';
import { mount } from '../http/mount.ts';
import { requireOwnLease } from '../leases/require-lease.ts';
import { openUpload } from './open-upload.ts';
import { publishVersion } from './publish-version.ts';
import { putPart } from './put-part.ts';
import { listVersions, readVersion, toView } from './read-versions.ts';
import { removeVersion } from './remove-version.ts';
import { sendArtifact } from './send-artifact.ts';

export function mountVersions(appContext: AppContext): void {
  const { deps } = appContext;

  mount(appContext, 'POST /api/leases/{task}/version', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    return openUpload(deps, params.task, body);
  });

  mount(
    appContext,
    'PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}',
    async ({ params, query: { fence }, headers, body, caller, signal }) => {
      await requireOwnLease(deps.db, params.task, caller);
      const { task, name, number } = params;
      await putPart(deps, {
        taskId: task,
        fence,
        name,
        number,
        sha256: headers['x-content-sha256'],
        body,
        signal,
      });
    },
  );

  mount(appContext, 'POST /api/leases/{task}/version/publish', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    return publishVersion(deps, params.task, body.fence);
  });

  mount(appContext, 'GET /api/versions', () => listVersions(deps));

  mount(appContext, 'GET /api/versions/{version}', async ({ params }) =>
    toView(await readVersion(deps, params.version)),
  );

  mount(appContext, 'DELETE /api/versions/{version}', ({ params, caller }) =>
    removeVersion(deps, params.version, caller.name),
  );

  mount(appContext, 'GET /api/versions/{version}/artifacts/{name}', ({ params, request }) =>
    sendArtifact(deps, params, request),
  );
}
