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
  const [leaving, setLeaving] = useState<string | null>(null);
  const { sources } = useWorkspace();
  const titleOf = (id: string) => sources.sources.value?.find((source) => source.id === id)?.title ?? id;
  const who = session.session.value;
  const close = () => {
    setLeaving(null);
    model.remove.forgive();
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
              Every run that completes publishes one: the files that a sidecar loads.
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
                {...(who && mayAdminister(who) && { onRemove: () => setLeaving(version.version) })}
              />
            ))
          )
        }
      </Loaded>
      {leaving && (
        <ConfirmDialog
          title={`Remove version ${leaving}?`}
          verb="Remove it for good"
          refusal="Keep it"
          busy={model.remove.busy.value}
          error={model.remove.error.value}
          onConfirm={() => void remove(leaving)}
          onClose={close}
        >
          <p>
            Its files are deleted. Sidecars that have loaded it already go on working; nobody can download it
            again.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
