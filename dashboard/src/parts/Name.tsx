import type { ComponentChildren } from 'preact';

/**
 * Text from outside: a name, a reason, a note. Whatever direction it has or claims, it reorders nothing around it, and however long
 * its words are, it stays in its place.
 */
export function Name({ children }: { children: ComponentChildren }) {
  return <bdi class="name">{children}</bdi>;
}
