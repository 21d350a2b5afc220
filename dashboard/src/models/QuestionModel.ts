import { createModel, effect, signal } from '@preact/signals';
import { ApiProblem } from '@trainer/contract/client';
import type { Question } from '@trainer/contract/questions';
import type { Browser } from '../api/browser.ts';
import { createAttempt } from './action.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { FAILED_MS } from './remote.ts';

/** The poll interval, ms: a runner usually answers within a second, and the user waits for it. */
const LOOK_EVERY_MS = 400;

/** One question at a time with its answer. The control plane deletes answers after some minutes. */
export const QuestionModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const question = signal<Question | null>(null);
  const error = signal<unknown>(null);
  let cancelLook = () => {};
  let turn = 0;

  function lookAgain(mine: number, id: string, afterMs: number): void {
    cancelLook = browser.after(afterMs, () => void look(mine, id));
  }
  async function look(mine: number, id: string): Promise<void> {
    try {
      const now = await connection.call('GET /api/questions/{id}', { params: { id } });
      if (mine !== turn) return;
      question.value = now;
      if (now.status === 'waiting') lookAgain(mine, id, LOOK_EVERY_MS);
    } catch (failure) {
      if (mine !== turn) return;
      if (failure instanceof ApiProblem) error.value = failure;
      else lookAgain(mine, id, FAILED_MS);
    }
  }
  const ask = createAttempt(async (about: string) => {
    turn += 1;
    cancelLook();
    error.value = null;
    question.value = null;
    const asked = await connection.call('POST /api/questions', { body: { about } });
    question.value = asked;
    lookAgain(turn, asked.id, LOOK_EVERY_MS);
    return asked;
  });
  effect(() => () => {
    turn += 1;
    cancelLook();
  });
  return { question, error, ask };
});
export type QuestionModel = InstanceType<typeof QuestionModel>;
