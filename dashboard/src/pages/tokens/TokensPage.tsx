import { useModel } from '@preact/signals';
import type { TokenView } from '@trainer/contract/tokens';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { TokensModel } from '../../models/lists.ts';
import { ConfirmDialog } from '../../parts/Dialog.tsx';
import { ExternalText, RelativeTime, StateBadge } from '../../parts/inline.tsx';
import { EmptyState, Loaded, Notice } from '../../parts/Notice.tsx';
import { OneTimeSecret } from '../../parts/OneTimeSecret.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { NewTokenForm } from './NewTokenForm.tsx';

/** Who may do what. Only admins come here. */
export function TokensPage() {
  const { session } = useDashboard();
  const user = session.session.value;
  if (user && mayAdminister(user)) return <Tokens />;
  return (
    <>
      <PageHead title="Tokens" />
      <Notice title="Your token cannot open this page">
        <p>To manage tokens, sign in with a token of scope “admin”.</p>
      </Notice>
    </>
  );
}

function Tokens() {
  const { connection, browser, clock } = useDashboard();
  const model = useModel(() => new TokensModel(connection, browser));
  const [confirming, setConfirming] = useState<TokenView | null>(null);
  const created = model.created.value;
  const close = () => {
    setConfirming(null);
    model.revoke.clearError();
  };
  const revoke = async (token: TokenView) => {
    if (await model.revoke.go(token.id)) close();
  };
  return (
    <>
      <PageHead title="Tokens" />
      {created && (
        <OneTimeSecret
          title={
            <>
              Token “<ExternalText>{created.name}</ExternalText>” was created. It is shown only once.
            </>
          }
          secret={created.token}
          what="the token"
          copy={browser.copy}
          onDone={model.clearCreated}
        />
      )}
      <NewTokenForm
        busy={model.create.busy.value}
        error={model.create.error.value}
        now={clock.now.value}
        onCreate={(body) => model.create.go(body)}
      />
      <section class="card" aria-label="Tokens">
        <Loaded data={model.tokens.value} error={model.error.value} what="the tokens">
          {(all) => <TokenTable tokens={all} now={clock.now.value} onRevoke={setConfirming} />}
        </Loaded>
      </section>
      {confirming && (
        <ConfirmDialog
          title={
            <>
              Revoke “<ExternalText>{confirming.name}</ExternalText>”?
            </>
          }
          verb="Revoke it"
          cancelLabel="Keep it"
          busy={model.revoke.busy.value}
          error={model.revoke.error.value}
          onConfirm={() => void revoke(confirming)}
          onClose={close}
        >
          <p>
            Requests with it are rejected from now on, and sessions opened with it end. This cannot be undone.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

interface Props {
  tokens: readonly TokenView[];
  now: number;
  onRevoke: (token: TokenView) => void;
}

/** Every token without its secret, the usable ones first. */
export function TokenTable({ tokens, now, onRevoke }: Props) {
  if (tokens.length === 0) {
    return <EmptyState title="No tokens.">A runner needs one of scope “runner”: create it above.</EmptyState>;
  }
  const columns: Column<TokenView>[] = [
    { label: 'Name', cell: ({ name }) => <ExternalText>{name}</ExternalText> },
    { label: 'Begins with', cell: ({ hint }) => <code>{hint}…</code> },
    { label: 'Scope', cell: ({ scope }) => scope },
    { label: 'State', cell: (token) => <TokenState token={token} now={now} /> },
    { label: 'Created', cell: ({ created_at }) => <RelativeTime at={created_at} now={now} /> },
    {
      label: 'Last used',
      cell: ({ last_used_at }) => <RelativeTime at={last_used_at} now={now} never="never" />,
    },
    { label: 'Expires', cell: ({ expires_at }) => <RelativeTime at={expires_at} now={now} never="never" /> },
    {
      label: 'Revoke',
      cell: (token) => isUsable(token, now) && <RevokeButton token={token} onRevoke={onRevoke} />,
    },
  ];
  const sorted = [...tokens].sort((a, b) => Number(isUsable(b, now)) - Number(isUsable(a, now)));
  return <Table caption="Tokens" columns={columns} rows={sorted} keyOf={({ id }) => id} />;
}

function isUsable({ revoked_at, expires_at }: TokenView, now: number): boolean {
  return revoked_at === null && (expires_at === null || Date.parse(expires_at) > now);
}

function TokenState({ token, now }: { token: TokenView; now: number }) {
  if (token.revoked_at) return <StateBadge label="revoked" />;
  return isUsable(token, now) ? (
    <StateBadge tone="good" label="usable" />
  ) : (
    <StateBadge tone="warn" label="expired" />
  );
}

function RevokeButton({ token, onRevoke }: { token: TokenView; onRevoke: (token: TokenView) => void }) {
  return (
    <button
      type="button"
      class="small danger-quiet"
      aria-label={`Revoke ${token.name}`}
      onClick={() => onRevoke(token)}
    >
      Revoke…
    </button>
  );
}
