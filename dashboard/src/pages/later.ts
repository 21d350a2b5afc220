import type { FunctionComponent } from 'preact';
import { lazy } from 'preact-iso';
import { UnloadedPage } from './missing/MissingPage.tsx';

/** A page that is fetched when it is first opened, so that the first load stays small. */
export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  return lazy(() => load().catch(() => UnloadedPage));
}
