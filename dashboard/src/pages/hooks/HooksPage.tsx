import { useModel } from '@preact/signals';
import type { Hook } from '@trainer/contract/hooks';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { newHookRequest } from '../../derive/hook-request.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { HooksModel } from '../../models/HooksModel.ts';
import { ConfirmDialog } from '../../parts/Dialog.tsx';
import { ExternalText } from '../../parts/inline.tsx';
import { EmptyState, Loaded, Notice } from '../../parts/Notice.tsx';
import { OneTimeSecret } from '../../parts/OneTimeSecret.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { HookCard } from './HookCard.tsx';
import { HookForm } from './HookForm.tsx';

/** Who is told of what happens. Only admins come here. */
export function HooksPage() {
  const { session } = useDashboard();
  const user = session.session.value;
  if (user && mayAdminister(user)) return <Hooks />;
  return (
    <>
      <PageHead title="Hooks" />
      <Notice title="Your token cannot open this page">
        <p>To manage hooks, sign in with a token of scope “admin”.</p>
      </Notice>
    </>
  );
}

function Hooks() {
  const { connection, browser, clock } = useDashboard();
  const model = useModel(() => new HooksModel(connection, browser));
  const [isMaking, setMaking] = useState(false);
  const [confirming, setConfirming] = useState<Hook | null>(null);
  const created = model.created.value;
  const endMaking = () => {
    setMaking(false);
    model.create.clearError();
  };
  const endConfirming = () => {
    setConfirming(null);
    model.remove.clearError();
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
      {created?.secret && (
        <OneTimeSecret
          title={
            <>
              “<ExternalText>{created.name}</ExternalText>” signs its messages with this secret. It is shown
              only once.
            </>
          }
          secret={created.secret}
          what="the signing secret"
          copy={browser.copy}
          onDone={model.clearCreated}
        />
      )}
      {isMaking && (
        <HookForm
          title="New hook"
          verb="Create hook"
          hook={null}
          busy={model.create.busy.value}
          error={model.create.error.value}
          onSubmit={async (form) => {
            if (await model.create.go(newHookRequest(form))) endMaking();
          }}
          onChange={model.create.clearError}
          onCancel={endMaking}
        />
      )}
      <Loaded data={model.hooks.value} error={model.error.value} what="the hooks">
        {(all) =>
          all.length === 0 ? (
            <EmptyState title="No hooks.">
              A hook notifies Discord, ntfy, Gotify or your own program when a run fails, a source is paused
              or a version is published.
            </EmptyState>
          ) : (
            all.map((hook) => (
              <HookCard
                key={hook.id}
                hook={hook}
                now={clock.now.value}
                onChanged={model.reload}
                onRemove={() => setConfirming(hook)}
              />
            ))
          )
        }
      </Loaded>
      {confirming && (
        <ConfirmDialog
          title={
            <>
              Remove “<ExternalText>{confirming.name}</ExternalText>”?
            </>
          }
          verb="Remove it"
          cancelLabel="Keep it"
          busy={model.remove.busy.value}
          error={model.remove.error.value}
          onConfirm={async () => {
            if (await model.remove.go(confirming.id)) endConfirming();
          }}
          onClose={endConfirming}
        >
          <p>It sends no more messages, and its deliveries are deleted. This cannot be undone.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
