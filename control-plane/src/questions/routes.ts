import type { Site } from '../context/app-context.ts';
import { mount } from '../http/mount.ts';
import { answerQuestion, readQuestion } from './answer-question.ts';
import { askQuestion } from './ask-question.ts';

export function mountQuestions(site: Site): void {
  const { deps } = site;

  mount(site, 'POST /api/questions', ({ body, caller }) => askQuestion(deps, body.about, caller));

  mount(site, 'GET /api/questions/{id}', ({ params }) => readQuestion(deps, params.id));

  mount(site, 'PUT /api/questions/{id}/answer', ({ params, body }) => answerQuestion(deps, params.id, body));
}
