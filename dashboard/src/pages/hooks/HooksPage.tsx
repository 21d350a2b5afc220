import { useModel } from '@preact/signals';
import type { Hook } from '@trainer/contract/hooks';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { describeFailure } from '../../derive/failure.ts';
import { hookKindOptions, hookPresets } from '../../derive/hook-presets.ts';
import { emptyHookForm, type HookForm as Form, formOf, newHookRequest } from '../../derive/hook-request.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { HooksModel } from '../../models/hooks.ts';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { Name } from '../../parts/Name.tsx';
import { FailureNote, Notice } from '../../parts/Notice.tsx';
import { EmptyState, Loaded, PageHead } from '../../parts/PageHead.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { ShownOnce } from '../../parts/ShownOnce.tsx';
import { HookCard } from './HookCard.tsx';
import { EventTicks, HookFields } from './HookFields.tsx';

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
        <ShownOnce
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

interface Props {
  title: string;
  verb: string;
  /** The one that is changed; null for a new one. */
  hook: Hook | null;
  busy: boolean;
  error: unknown;
  onSubmit: (form: Form) => Promise<void>;
  /** What was refused may be right now. */
  onChange: () => void;
  onCancel: () => void;
}

/** Makes or changes a hook: its kind, where it leads, and what it is told of. */
export function HookForm({ title, verb, hook, busy, error, onSubmit, onChange, onCancel }: Props) {
  const [form, setForm] = useState(hook ? formOf(hook) : emptyHookForm);
  const fields = error ? describeFailure(error).fields : {};
  const set = (change: Partial<Form>) => {
    setForm({ ...form, ...change });
    onChange();
  };
  return (
    <form
      class="card hook-form"
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        void onSubmit(form);
      }}
    >
      <h2>
        <Name>{title}</Name>
      </h2>
      {!hook && (
        <Segmented
          legend="Kind"
          options={hookKindOptions}
          value={form.kind}
          onChange={(kind) => set({ kind, address: '', secret: '' })}
        />
      )}
      <p>{hookPresets[form.kind].how}</p>
      {Object.keys(fields).length === 0 && <FailureNote error={error} />}
      <HookFields form={form} hook={hook} fields={fields} onChange={set} />
      <EventTicks events={form.events} error={fields.events} onChange={(events) => set({ events })} />
      <div class="actions start">
        <button type="submit" class="primary" disabled={busy}>
          {verb}
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
