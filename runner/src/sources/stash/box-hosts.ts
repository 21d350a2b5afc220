import { sourceEntry, sourceIds } from '@trainer/shared/sources';

/**
 * Which stash-box an endpoint in `stash_ids` means, by its host: the public ones, and the addresses that the owner set instead.
 * `settings` are the owner's variables.
 */
export function boxHosts(settings: (variable: string) => string | undefined): Map<string, string> {
  const boxes = sourceIds.filter((id) => sourceEntry(id).kind === 'stash-box');
  return new Map(
    boxes.flatMap((id): [string, string][] => {
      const { domain, urlVariable } = sourceEntry(id);
      const configured = URL.parse(settings(urlVariable ?? '') ?? '')?.host;
      return [domain, configured].flatMap((host): [string, string][] => (host ? [[host, id]] : []));
    }),
  );
}
