import { createModel, signal } from '@preact/signals';
import type { ChangedHook, HookTest } from '@trainer/contract/hooks';
import { createAttempt } from './attempt.ts';
import type { ConnectionModel } from './ConnectionModel.ts';

/** What can be done with one hook where it stands in the list. */
export const HookModel = createModel(
  (connection: ConnectionModel, id: number, onChange: () => Promise<void>) => {
    const answer = signal<HookTest | null>(null);
    const test = createAttempt(async () => {
      answer.value = null;
      answer.value = await connection.call('POST /api/hooks/{id}/test', { params: { id } });
      return answer.value;
    });
    const change = createAttempt(async (body: ChangedHook) => {
      await connection.call('PUT /api/hooks/{id}', { params: { id }, body });
      await onChange();
      return true;
    });
    return { answer, test, change };
  },
);
export type HookModel = InstanceType<typeof HookModel>;
