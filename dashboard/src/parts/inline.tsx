import type { ComponentChildren } from 'preact';
import { addressText } from '../derive/address-text.ts';
import type { Tone } from '../derive/run-text.ts';
import { formatAgo, formatDateTime } from '../derive/times.ts';

/** A status as a word with a dot; the word alone says it all, the colour only helps. */
export function StateBadge({ tone = 'calm', label }: { tone?: Tone; label: string }) {
  return <span class={`badge tone-${tone}`}>{label}</span>;
}

/** A point in time as people say it, with the exact one at hand; a dash when there is none. */
export function RelativeTime({ at, now, never = '–' }: { at: string | null; now: number; never?: string }) {
  if (at === null) return <>{never}</>;
  return (
    <time dateTime={at} title={formatDateTime(at)}>
      {formatAgo(at, now)}
    </time>
  );
}

/**
 * Text from outside: a name, a reason, a note. Whatever direction it has or claims, it reorders nothing around it, and however long
 * its words are, it stays in its place.
 */
export function ExternalText({ children }: { children: ComponentChildren }) {
  return <bdi class="external-text">{children}</bdi>;
}

/** A link to a page out in the world: in a new tab, and the site does not learn where it was followed. */
export function PageLink({ href, children }: { href: string; children?: ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" title={href}>
      {children ?? addressText(href)}
    </a>
  );
}
