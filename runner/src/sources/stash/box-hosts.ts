import type { SourceDefinition } from '@trainer/contract/sources';

/**
 * Which stash-box an endpoint in `stash_ids` means, by its host: the public ones, and the addresses that the owner set instead.
 * `settings` are the owner's variables.
 */
export function boxHosts(
  sources: readonly SourceDefinition[],
  settings: (variable: string) => string | undefined,
): Map<string, string> {
  const boxes = sources.filter(({ kind }) => kind === 'stash-box');
  return new Map(
    boxes.flatMap(({ id, domain, address, url_variable: variable }): [string, string][] => {
      const configured = URL.parse((variable && settings(variable)) ?? '')?.host;
      const own = URL.parse(address ?? '')?.host;
      return [domain, own, configured].flatMap((host): [string, string][] => (host ? [[host, id]] : []));
    }),
  );
}
