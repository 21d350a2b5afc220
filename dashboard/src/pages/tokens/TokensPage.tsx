import { useModel } from '@preact/signals';
import type { TokenView } from '@trainer/contract/tokens';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { TokensModel } from '../../models/TokensModel.ts';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { Name } from '../../parts/Name.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { ShownOnce } from '../../parts/ShownOnce.tsx';
import { NewTokenForm } from './NewTokenForm.tsx';
import { TokenTable } from './TokenTable.tsx';

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
        <ShownOnce
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
