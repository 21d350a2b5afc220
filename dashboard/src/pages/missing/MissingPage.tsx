import { EmptyState } from '../../parts/EmptyState.tsx';
import { PageHead } from '../../parts/PageHead.tsx';

export function MissingPage() {
  return (
    <>
      <PageHead title="No such page" />
      <EmptyState title="There is nothing at this address." action={<a href="/">Go to the dashboard</a>}>
        The link may be old, or mistyped.
      </EmptyState>
    </>
  );
}
