import { useModel } from '@preact/signals';
import type { Exclusion } from '@trainer/contract/exclusions';
import { useState } from 'preact/hooks';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { exclusionText } from '../../derive/exclusion-text.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { ExclusionsModel } from '../../models/lists.ts';
import { ConfirmDialog } from '../../parts/Dialog.tsx';
import { Loaded, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { ExclusionList } from './ExclusionList.tsx';
import { NewExclusionForm } from './NewExclusionForm.tsx';

/** Who must not be in any version. Their names are personal data, so only admins come here. */
export function ExclusionsPage() {
  const { session } = useDashboard();
  const user = session.session.value;
  if (user && mayAdminister(user)) return <Exclusions />;
  return (
    <>
      <PageHead title="Exclusions" />
      <Notice title="Your token cannot open this page">
        <p>Exclusions are personal data: sign in with a token of scope “admin”.</p>
      </Notice>
    </>
  );
}

function Exclusions() {
  const { connection, browser, clock } = useDashboard();
  const { sources } = useWorkspace();
  const model = useModel(() => new ExclusionsModel(connection, browser));
  const [confirming, setConfirming] = useState<Exclusion | null>(null);
  const all = sources.sources.value ?? [];
  const titleOf = (id: string) => all.find((source) => source.id === id)?.title ?? id;
  const close = () => {
    setConfirming(null);
    model.revoke.clearError();
  };
  const revoke = async (exclusion: Exclusion) => {
    if (await model.revoke.go(exclusion.id)) close();
  };
  return (
    <>
      <PageHead title="Exclusions" />
      <NewExclusionForm
        stashBoxes={all.filter(({ kind }) => kind === 'stash-box')}
        busy={model.add.busy.value}
        error={model.add.error.value}
        onAdd={(body) => model.add.go(body)}
        onChange={model.add.clearError}
      />
      <Loaded data={model.exclusions.value} error={model.error.value} what="the exclusions">
        {(list) => (
          <ExclusionList exclusions={list} titleOf={titleOf} now={clock.now.value} onRevoke={setConfirming} />
        )}
      </Loaded>
      {confirming && (
        <ConfirmDialog
          title={`Revoke the exclusion of ${exclusionText(confirming, titleOf)}?`}
          verb="Revoke the exclusion"
          cancelLabel="Keep it"
          busy={model.revoke.busy.value}
          error={model.revoke.error.value}
          onConfirm={() => void revoke(confirming)}
          onClose={close}
        >
          <p>
            The person may be in versions again after the next full rescan. The record of the exclusion is
            kept.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
