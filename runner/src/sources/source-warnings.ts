import type { SourceDefinition } from '@trainer/contract/sources';
import type { KnownSources } from './definition/known-sources.ts';
import type { SourceSettings } from './registry.ts';

/** What an owner should know about the sources before anything begins, as sentences. */
export function sourceWarnings(known: KnownSources, settings: SourceSettings): string[] {
  const mistakes = [...known.loaded.values()].flatMap(({ id, mistake }) =>
    mistake === null ? [] : [`The source "${id}" waits until its file is mended: ${mistake}`],
  );
  const borrowed = known.all().flatMap((source) => borrowedName(source, settings) ?? []);
  return [...mistakes, ...borrowed];
}

/**
 * What is wrong with a stash-box whose address was set to another host than its own: its performers are named by the domain, so
 * two boxes behind one domain give one id to two people. Null when nothing is.
 */
export function borrowedName(
  { id, kind, title, domain, address, origin, url_variable: variable }: SourceDefinition,
  settings: SourceSettings,
): string | null {
  const configured = URL.parse((variable && settings(variable)) || '')?.hostname;
  // Whoever has written the file decides what its ids are.
  if (
    origin === 'owner' ||
    kind !== 'stash-box' ||
    domain === null ||
    !configured ||
    isHostOf(domain, configured)
  )
    return null;
  if (configured === URL.parse(address ?? '')?.hostname) return null;
  return `${variable} points at ${configured}, and performers from there are named ${domain}:<id> as if they were ${title}’s. For another stash-box make a source of its own: runner sources new stash-box <id> (instead of ${id})`;
}

function isHostOf(domain: string, host: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
