import { open } from 'node:fs/promises';
import { limits } from '@trainer/shared/limits';
import { partCount } from '@trainer/shared/versions';

const PARTS_AT_ONCE = 3;

/** Brings a file to a bare server in the same parts as a runner would. Answers with the time for it, ms. */
export async function bringBare(url: string, path: string, bytes: number): Promise<number> {
  const beganAt = performance.now();
  const at = (route: string, query: Record<string, string | number>) =>
    `${url}/${route}?${new URLSearchParams({ key: 'bare', ...query })}`;
  const upload = await (await fetch(at('begin', {}), { method: 'POST' })).text();
  const count = partCount(bytes);
  const etags: { partNumber: number; etag: string }[] = [];
  let next = 1;
  await using file = await open(path);

  async function bring(): Promise<void> {
    while (next <= count) {
      const number = next++;
      const body = new Uint8Array(
        Math.min(limits.uploadPartBytes, bytes - (number - 1) * limits.uploadPartBytes),
      );
      await file.read(body, 0, body.length, (number - 1) * limits.uploadPartBytes);
      const answer = await fetch(at('part', { upload, number }), { method: 'PUT', body });
      etags.push({ partNumber: number, etag: await answer.text() });
    }
  }
  await Promise.all(Array.from({ length: PARTS_AT_ONCE }, bring));
  etags.sort((one, other) => one.partNumber - other.partNumber);
  const done = await fetch(at('complete', { upload }), { method: 'POST', body: JSON.stringify(etags) });
  if (!done.ok) throw new Error(`The bare server did not take the parts: ${await done.text()}`);
  return performance.now() - beganAt;
}
