import { describe, expect, it } from 'vitest';
import { fakeDashboard } from '../../testing/fake/fake-dashboard.ts';
import { QuestionModel } from './QuestionModel.ts';

function openQuestion() {
  const made = fakeDashboard('finished');
  return { ...made, model: new QuestionModel(made.dashboard.connection, made.browser) };
}

describe('a question', () => {
  it('shows its answer as soon as there is one, and asks no further', async () => {
    const { browser, world, model } = openQuestion();
    await model.ask.go('Mara Linden');
    expect(model.question.value?.status).toBe('waiting');
    await browser.pass(2_000);
    expect(model.question.value).toMatchObject({ status: 'answered', answer: { performers_total: 1 } });
    world.questions = [];
    await browser.pass(60_000);
    expect([model.question.value?.status, model.error.value]).toEqual(['answered', null]);
  });

  it('gives way to the next one', async () => {
    const { browser, model } = openQuestion();
    await model.ask.go('Mara Linden');
    await model.ask.go('Nobody');
    await browser.pass(5_000);
    expect(model.question.value).toMatchObject({ about: 'Nobody', answer: { performers: [] } });
  });

  it('goes on through a lost connection, and says when it was forgotten', async () => {
    const { browser, world, model } = openQuestion();
    await model.ask.go('Mara Linden');
    world.offline = true;
    await browser.pass(4_000);
    expect([model.question.value?.status, model.error.value]).toEqual(['waiting', null]);
    world.offline = false;
    world.questions = [];
    await browser.pass(4_000);
    expect(String(model.error.value)).toContain('There is no question');
  });

  it('that nobody answers expires', async () => {
    const { browser, model } = openQuestion();
    await model.ask.go('Who?');
    await browser.pass(61_000);
    expect(model.question.value?.status).toBe('expired');
  });
});
