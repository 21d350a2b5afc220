import { EmptyState, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';

export function MissingPage() {
  return (
    <>
      <PageHead title="No such page" />
      <EmptyState title="There is nothing at this address." action={<a href="/">Go to the dashboard</a>}>
        The link may be outdated or mistyped.
      </EmptyState>
    </>
  );
}

/** Stands for a page whose code could not be fetched: no network, or the control plane was updated meanwhile. */
export function UnloadedPage() {
  return (
    <>
      <PageHead title="Not loaded" />
      <Notice
        tone="warn"
        title="This page could not be loaded"
        actions={
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>
        }
      >
        <p>The control plane does not answer, or was updated since you opened the dashboard.</p>
      </Notice>
    </>
  );
}
