import { useModel } from '@preact/signals';
import { useState } from 'preact/hooks';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { VersionsModel } from '../../models/lists.ts';
import { ConfirmDialog } from '../../parts/Dialog.tsx';
import { EmptyState, Loaded } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { VersionCard } from './VersionCard.tsx';

/** Everything that was published and is kept. */
export function VersionsPage() {
  const { connection, browser, clock, session } = useDashboard();
  const model = useModel(() => new VersionsModel(connection, browser));
  const [confirming, setConfirming] = useState<string | null>(null);
  const { sources } = useWorkspace();
  const titleOf = (id: string) => sources.sources.value?.find((source) => source.id === id)?.title ?? id;
  const user = session.session.value;
  const close = () => {
    setConfirming(null);
    model.remove.clearError();
  };
  const remove = async (version: string) => {
    if (await model.remove.go(version)) close();
  };
  return (
    <>
      <PageHead title="Versions" />
      <Loaded data={model.versions.value} error={model.error.value} what="the versions">
        {(all) =>
          all.length === 0 ? (
            <EmptyState title="No version yet." action={<a href="/build">Start a run</a>}>
              Every completed run publishes a version: the files that a sidecar loads.
            </EmptyState>
          ) : (
            all.map((version, index) => (
              <VersionCard
                key={version.version}
                version={version}
                isNewest={index === 0}
                isTarget={location.hash === `#${version.version}`}
                now={clock.now.value}
                titleOf={titleOf}
                copy={browser.copy}
                {...(user && mayAdminister(user) && { onRemove: () => setConfirming(version.version) })}
              />
            ))
          )
        }
      </Loaded>
      {confirming && (
        <ConfirmDialog
          title={`Remove version ${confirming}?`}
          verb="Remove it permanently"
          cancelLabel="Keep it"
          busy={model.remove.busy.value}
          error={model.remove.error.value}
          onConfirm={() => void remove(confirming)}
          onClose={close}
        >
          <p>
            Its files are deleted and cannot be downloaded again. Sidecars that have already loaded it keep
            working.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
