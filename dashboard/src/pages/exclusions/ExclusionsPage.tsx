import { useModel } from '@preact/signals';
import type { Exclusion } from '@trainer/contract/exclusions';
import { useState } from 'preact/hooks';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { exclusionWords } from '../../derive/exclusion-text.ts';
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
  const who = session.session.value;
  if (who && mayAdminister(who)) return <Exclusions />;
  return (
    <>
      <PageHead title="Exclusions" />
      <Notice title="Your token does not reach this page">
        <p>Who asked to be left alone is shown to few: sign in with a token of scope “admin”.</p>
      </Notice>
    </>
  );
}

function Exclusions() {
  const { connection, browser, clock } = useDashboard();
  const { sources } = useWorkspace();
  const model = useModel(() => new ExclusionsModel(connection, browser));
  const [leaving, setLeaving] = useState<Exclusion | null>(null);
  const all = sources.sources.value ?? [];
  const titleOf = (id: string) => all.find((source) => source.id === id)?.title ?? id;
  const close = () => {
    setLeaving(null);
    model.takeBack.forgive();
  };
  const takeBack = async (exclusion: Exclusion) => {
    if (await model.takeBack.go(exclusion.id)) close();
  };
  return (
    <>
      <PageHead title="Exclusions" />
      <NewExclusionForm
        stashBoxes={all.filter(({ kind }) => kind === 'stash-box')}
        busy={model.add.busy.value}
        error={model.add.error.value}
        onAdd={(body) => model.add.go(body)}
        onChange={model.add.forgive}
      />
      <Loaded data={model.exclusions.value} error={model.error.value} what="the exclusions">
        {(list) => (
          <ExclusionList exclusions={list} titleOf={titleOf} now={clock.now.value} onTakeBack={setLeaving} />
        )}
      </Loaded>
      {leaving && (
        <ConfirmDialog
          title={`Let ${exclusionWords(leaving, titleOf)} back in?`}
          verb="Take the exclusion back"
          refusal="Keep it"
          busy={model.takeBack.busy.value}
          error={model.takeBack.error.value}
          onConfirm={() => void takeBack(leaving)}
          onClose={close}
        >
          <p>
            The person may be in versions again after the next full walk through the sources. The record of
            the exclusion stays.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
