/** `node runner/src/sources/definition/write-shipped.ts` makes `shared/contract/src/shipped-sources.json` anew from the definitions. */
import { writeFileSync } from 'node:fs';
import { bySourceOrder, type SourceDefinition } from '@trainer/contract/sources';
import { loadDefinitions } from './load-definitions.ts';

/** What the release ships, in the order in which sources are listed. */
export function shippedDefinitions(): SourceDefinition[] {
  const loaded = [...loadDefinitions(null).values()];
  const mistakes = loaded.flatMap(({ mistake }) => mistake ?? []);
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return loaded.flatMap(({ defined }) => defined?.source ?? []).sort(bySourceOrder);
}

if (import.meta.main) {
  const file = new URL('../../../../shared/contract/src/shipped-sources.json', import.meta.url);
  writeFileSync(file, `${JSON.stringify(shippedDefinitions(), null, 2)}\n`);
}
