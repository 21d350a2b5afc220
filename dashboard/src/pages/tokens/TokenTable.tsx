import type { TokenView } from '@trainer/contract/tokens';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { Moment } from '../../parts/Moment.tsx';
import { Name } from '../../parts/Name.tsx';
import { StateBadge } from '../../parts/StateBadge.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

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
