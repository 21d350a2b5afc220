import type { ComponentChildren } from 'preact';
import { addressWords } from '../derive/page-words.ts';

/** A link to a page out in the world: in a new tab, and the site does not learn where it was followed. */
export function PageLink({ href, children }: { href: string; children?: ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" title={href}>
      {children ?? addressWords(href)}
    </a>
  );
}
