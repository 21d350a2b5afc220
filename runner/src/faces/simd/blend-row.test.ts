import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import wabt from 'wabt';

const here = (name: string) => readFileSync(new URL(name, import.meta.url));

it('is built from its source: after a change, npx wat2wasm blend-row.wat -o blend-row.wasm', async () => {
  const { parseWat } = await wabt();
  const { buffer } = parseWat('blend-row.wat', here('./blend-row.wat').toString('utf8'), {
    simd: true,
  }).toBinary({});
  expect(Buffer.from(buffer).equals(here('./blend-row.wasm'))).toBe(true);
});
