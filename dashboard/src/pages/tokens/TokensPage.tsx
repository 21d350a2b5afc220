import { useModel } from '@preact/signals';
import type { TokenView } from '@trainer/contract/tokens';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { TokensModel } from '../../models/lists.ts';
import { ConfirmDialog } from '../../parts/Dialog.tsx';
import { Moment, Name, StateBadge } from '../../parts/inline.tsx';
import { EmptyState, Loaded, Notice } from '../../parts/Notice.tsx';
import { OneTimeSecret } from '../../parts/OneTimeSecret.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { NewTokenForm } from './NewTokenForm.tsx';

/** Who may do what. Only admins come here. */
export function TokensPage() {
  const { session } = useDashboard();
  const who = session.session.value;
  if (who && mayAdminister(who)) return <Tokens />;
  return (
    <>
      <PageHead title="Tokens" />
      <Notice title="Your token does not reach this page">
        <p>To see and make tokens, sign in with a token of scope “admin”.</p>
      </Notice>
    </>
  );
}

function Tokens() {
  const { connection, browser, clock } = useDashboard();
  const model = useModel(() => new TokensModel(connection, browser));
  const [leaving, setLeaving] = useState<TokenView | null>(null);
  const made = model.made.value;
  const close = () => {
    setLeaving(null);
    model.revoke.forgive();
  };
  const revoke = async (token: TokenView) => {
    if (await model.revoke.go(token.id)) close();
  };
  return (
    <>
      <PageHead title="Tokens" />
      {made && (
        <OneTimeSecret
          title={
            <>
              Token “<Name>{made.name}</Name>” is made. It is shown this once.
            </>
          }
          secret={made.token}
          what="the token"
          copy={browser.copy}
          onDone={model.forget}
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
          {(all) => <TokenTable tokens={all} now={clock.now.value} onRevoke={setLeaving} />}
        </Loaded>
      </section>
      {leaving && (
        <ConfirmDialog
          title={
            <>
              Revoke “<Name>{leaving.name}</Name>”?
            </>
          }
          verb="Revoke it"
          refusal="Keep it"
          busy={model.revoke.busy.value}
          error={model.revoke.error.value}
          onConfirm={() => void revoke(leaving)}
          onClose={close}
        >
          <p>
            Whoever uses it is refused from the next request on, and sessions opened with it end. It cannot be
            undone.
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
    return <EmptyState title="No tokens.">A runner needs one of scope “runner”; make it above.</EmptyState>;
  }
  const columns: Column<TokenView>[] = [
    { label: 'Name', cell: ({ name }) => <Name>{name}</Name> },
    { label: 'Begins with', cell: ({ hint }) => <code>{hint}…</code> },
    { label: 'Scope', cell: ({ scope }) => scope },
    { label: 'State', cell: (token) => <TokenState token={token} now={now} /> },
    { label: 'Made', cell: ({ created_at }) => <Moment at={created_at} now={now} /> },
    { label: 'Last used', cell: ({ last_used_at }) => <Moment at={last_used_at} now={now} never="never" /> },
    { label: 'Expires', cell: ({ expires_at }) => <Moment at={expires_at} now={now} never="never" /> },
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
