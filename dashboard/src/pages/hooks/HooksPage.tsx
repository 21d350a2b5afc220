import { useModel } from '@preact/signals';
import type { Hook } from '@trainer/contract/hooks';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { newHookRequest } from '../../derive/hook-request.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { HooksModel } from '../../models/HooksModel.ts';
import { ConfirmDialog } from '../../parts/Dialog.tsx';
import { Name } from '../../parts/inline.tsx';
import { EmptyState, Loaded, Notice } from '../../parts/Notice.tsx';
import { OneTimeSecret } from '../../parts/OneTimeSecret.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { HookCard } from './HookCard.tsx';
import { HookForm } from './HookForm.tsx';

/** Who is told of what happens. Only admins come here. */
export function HooksPage() {
  const { session } = useDashboard();
  const who = session.session.value;
  if (who && mayAdminister(who)) return <Hooks />;
  return (
    <>
      <PageHead title="Hooks" />
      <Notice title="Your token does not reach this page">
        <p>To see and make hooks, sign in with a token of scope “admin”.</p>
      </Notice>
    </>
  );
}

function Hooks() {
  const { connection, browser, clock } = useDashboard();
  const model = useModel(() => new HooksModel(connection, browser));
  const [isMaking, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Hook | null>(null);
  const made = model.made.value;
  const endMaking = () => {
    setMaking(false);
    model.create.forgive();
  };
  const endLeaving = () => {
    setLeaving(null);
    model.remove.forgive();
  };
  return (
    <>
      <PageHead title="Hooks">
        {!isMaking && (
          <button type="button" class="primary" onClick={() => setMaking(true)}>
            New hook
          </button>
        )}
      </PageHead>
      {made?.secret && (
        <OneTimeSecret
          title={
            <>
              “<Name>{made.name}</Name>” signs its messages with this secret. It is shown this once.
            </>
          }
          secret={made.secret}
          what="the signing secret"
          copy={browser.copy}
          onDone={model.forget}
        />
      )}
      {isMaking && (
        <HookForm
          title="New hook"
          verb="Make hook"
          hook={null}
          busy={model.create.busy.value}
          error={model.create.error.value}
          onSubmit={async (form) => {
            if (await model.create.go(newHookRequest(form))) endMaking();
          }}
          onChange={model.create.forgive}
          onCancel={endMaking}
        />
      )}
      <Loaded data={model.hooks.value} error={model.error.value} what="the hooks">
        {(all) =>
          all.length === 0 ? (
            <EmptyState title="Nobody is told of anything.">
              A hook tells Discord, ntfy, Gotify or a program of yours when a run fails, a source is paused or
              a version is published.
            </EmptyState>
          ) : (
            all.map((hook) => (
              <HookCard
                key={hook.id}
                hook={hook}
                now={clock.now.value}
                onChanged={model.reload}
                onRemove={() => setLeaving(hook)}
              />
            ))
          )
        }
      </Loaded>
      {leaving && (
        <ConfirmDialog
          title={
            <>
              Remove “<Name>{leaving.name}</Name>”?
            </>
          }
          verb="Remove it"
          refusal="Keep it"
          busy={model.remove.busy.value}
          error={model.remove.error.value}
          onConfirm={async () => {
            if (await model.remove.go(leaving.id)) endLeaving();
          }}
          onClose={endLeaving}
        >
          <p>Nothing more is sent to it, and what it was told is forgotten. It cannot be undone.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
