import { createModel, effect, signal } from '@preact/signals';
import { ApiProblem } from '@trainer/contract/client';
import type { Question } from '@trainer/contract/questions';
import type { Browser } from '../api/browser.ts';
import { createAction } from './action.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { FAILED_MS } from './remote.ts';

/** The poll interval, ms: a runner usually answers within a second, and the user waits for it. */
const POLL_MS = 400;

/** One question at a time with its answer. The control plane deletes answers after some minutes. */
export const QuestionModel = createModel((connection: ConnectionModel, browser: Browser) => {
  const question = signal<Question | null>(null);
  const error = signal<unknown>(null);
  let cancelPoll = () => {};
  let latestRequest = 0;

  function schedulePoll(request: number, id: string, afterMs: number): void {
    cancelPoll = browser.after(afterMs, () => void poll(request, id));
  }
  async function poll(request: number, id: string): Promise<void> {
    try {
      const current = await connection.call('GET /api/questions/{id}', { params: { id } });
      if (request !== latestRequest) return;
      question.value = current;
      if (current.status === 'waiting') schedulePoll(request, id, POLL_MS);
    } catch (failure) {
      if (request !== latestRequest) return;
      if (failure instanceof ApiProblem) error.value = failure;
      else schedulePoll(request, id, FAILED_MS);
    }
  }
  const ask = createAction(async (about: string) => {
    latestRequest += 1;
    cancelPoll();
    error.value = null;
    question.value = null;
    const asked = await connection.call('POST /api/questions', { body: { about } });
    question.value = asked;
    schedulePoll(latestRequest, asked.id, POLL_MS);
    return asked;
  });
  effect(() => () => {
    latestRequest += 1;
    cancelPoll();
  });
  return { question, error, ask };
});
export type QuestionModel = InstanceType<typeof QuestionModel>;
