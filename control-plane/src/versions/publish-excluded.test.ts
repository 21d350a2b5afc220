import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announceVersion, uploadMissing } from '../../testing/announce-version.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { seedTask } from '../../testing/seed-task.ts';

type Held = Awaited<ReturnType<typeof seedTask>>;

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const exclude = (name: string) =>
  app.as('admin')('POST /api/exclusions', { body: { kind: 'name', value: { name, birth_year: 1990 } } });
const receipts = async () =>
  (await app.as('admin')('GET /api/exclusions')).map(({ id, receipt }) => [id, receipt]);
const enforce = ({ taskId: task, fence }: Held, ...ids: number[]) =>
  app.as('runner')('PUT /api/leases/{task}/exclusions', {
    params: { task },
    body: { fence, enforced: ids.map((id) => ({ id, performers_removed: id, faces_removed: 10 * id })) },
  });
const publish = ({ taskId: task, fence }: Held) =>
  app.as('runner')('POST /api/leases/{task}/version/publish', { params: { task }, body: { fence } });

async function upload(version: string): Promise<Held> {
  const held = await seedTask(app.deps, { kind: 'publish' });
  await uploadMissing(app.as('runner'), announceVersion(version), held);
  return held;
}

describe('a version', () => {
  it('does not become visible while it was made without an exclusion', async () => {
    await exclude('Ada');
    const held = await upload('2026.01.01');
    await enforce(held, 1);
    await exclude('Bo');
    await expect(publish(held)).rejects.toMatchObject({
      status: 409,
      code: 'exclusions_changed',
      message: expect.stringContaining('does not enforce the exclusions 2: enforce them, build it again'),
    });
    expect(await app.as('read')('GET /api/versions')).toEqual([]);
    await enforce(held, 1, 2);
    expect((await publish(held)).version).toBe('2026.01.01');
  });

  it('is named in the receipt of each exclusion that had none, with what was removed', async () => {
    await exclude('Ada');
    const first = await upload('2026.01.01');
    await enforce(first, 1);
    await publish(first);
    const at = new Date(app.clock.now()).toISOString();
    const ada = { first_version: '2026.01.01', performers_removed: 1, faces_removed: 10, at };
    expect(await receipts()).toEqual([[1, ada]]);

    app.clock.advance(5_000);
    await publish(first);
    await exclude('Bo');
    const second = await upload('2026.01.02');
    await enforce(second, 1, 2);
    await publish(second);
    expect(await receipts()).toEqual([
      [
        2,
        {
          first_version: '2026.01.02',
          performers_removed: 2,
          faces_removed: 20,
          at: new Date(app.clock.now()).toISOString(),
        },
      ],
      [1, ada],
    ]);
  });

  it('does not wait for an exclusion that was taken back, and gives it no receipt', async () => {
    await exclude('Ada');
    const held = await upload('2026.01.01');
    await enforce(held, 1);
    await app.as('admin')('DELETE /api/exclusions/{id}', { params: { id: 1 } });
    await publish(held);
    expect(await receipts()).toEqual([[1, null]]);
  });
});
