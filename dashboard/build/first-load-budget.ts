import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/**
 * Fails the build when the JavaScript of the first load (the entry and all that it imports at once) is larger than
 * `maxGzipBytes` after gzip, or when a schema library has slipped into any chunk.
 */
export function firstLoadBudget({ maxGzipBytes }: { maxGzipBytes: number }): Plugin {
  return {
    name: 'first-load-budget',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const zod = chunks.flatMap((chunk) => chunk.moduleIds).find((id) => id.includes('/node_modules/zod/'));
      if (zod) {
        this.error(
          `${zod} is in the bundle: import from @trainer/contract with \`import type\`, except client and hook-events.`,
        );
      }

      const first = new Set(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
      for (const name of first) {
        const chunk = bundle[name];
        if (chunk?.type === 'chunk') for (const each of chunk.imports) first.add(each);
      }
      const bytes = chunks
        .filter((chunk) => first.has(chunk.fileName))
        .reduce((sum, chunk) => sum + gzipSync(chunk.code).length, 0);
      const said = `first load: ${(bytes / 1024).toFixed(1)} KB of gzipped JavaScript`;
      if (bytes > maxGzipBytes) {
        this.error(
          `${said}, but the budget is ${maxGzipBytes / 1024} KB: load a page with lazy(), or drop code.`,
        );
      }
      this.info(said);
    },
  };
}
