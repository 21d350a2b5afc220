import type { AppContext } from '../context/app-context.ts';
import { mount } from '../http/mount.ts';
import { answerQuestion, readQuestion } from './answer-question.ts';
import { askQuestion } from './ask-question.ts';

export function mountQuestions(appContext: AppContext): void {
  const { deps } = appContext;

  mount(appContext, 'POST /api/questions', ({ body, caller }) => askQuestion(deps, body.about, caller));

  mount(appContext, 'GET /api/questions/{id}', ({ params }) => readQuestion(deps, params.id));

  mount(appContext, 'PUT /api/questions/{id}/answer', ({ params, body }) =>
    answerQuestion(deps, params.id, body),
  );
}
