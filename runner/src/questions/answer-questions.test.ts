import { randomUUID } from 'node:crypto';
import type { Explanation, OpenQuestion } from '@trainer/contract/questions';
import { describe, expect, it } from 'vitest';
import { problem } from '../../testing/fake-control-plane/answers.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { waitFor } from '../../testing/lease/start-test-runner.ts';
import { createApi } from '../control/api.ts';
import { createLogger, createRedactor, type LogEntry } from '../logs/logger.ts';
import { createAnswerer } from './answer-questions.ts';

const nobody = ({ about }: OpenQuestion): Explanation => ({
  performers: [],
  performers_total: 0,
  attempts: [],
  summary: `Nobody is called ${about}.`,
});

async function start(explain: (question: OpenQuestion) => Promise<Explanation>) {
  const server = await startFakeControlPlane();
  const said: LogEntry[] = [];
  const log = createLogger({ sinks: [(entry) => said.push(entry)], redact: createRedactor([]) });
  const session = createApi({ baseUrl: server.url, token: server.token });
  return {
    server,
    said,
    answer: createAnswerer({ explain, session, log }),
    [Symbol.asyncDispose]: server.close,
  };
}

describe('answering questions', () => {
  it('brings each answer to its question, one after the other', async () => {
    let atOnce = 0;
    const opened = await start(async (question) => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      return nobody(question);
    });
    await using _ = opened;
    for (const about of ['Ada', 'Bea', 'Cleo']) opened.answer({ id: randomUUID(), about });
    await waitFor(() => opened.server.requestsTo('PUT /api/questions/{id}/answer').length === 3);
    expect(opened.said).toEqual([]);
  });

  it('leaves a question that cannot be answered, says why without a name, and takes the next', async () => {
    const opened = await start(async (question) => {
      if (question.about === 'Ada') throw new Error('the catalog is busy');
      return nobody(question);
    });
    await using _ = opened;
    const id = randomUUID();
    opened.answer({ id: randomUUID(), about: 'Ada' });
    opened.answer({ id, about: 'Bea' });
    await waitFor(() => opened.server.answers.size === 1);
    expect(opened.server.answers.get(id)?.summary).toBe('Nobody is called Bea.');
    expect(opened.said.map(({ message }) => message)).toEqual([
      'A question about a performer could not be answered: the catalog is busy',
    ]);
  });

  it('does not mind that a question was forgotten meanwhile', async () => {
    const opened = await start(async (question) => nobody(question));
    await using _ = opened;
    opened.server.override('PUT /api/questions/{id}/answer', () =>
      problem('not_found', 'There is no question.'),
    );
    opened.answer({ id: randomUUID(), about: 'Ada' });
    await waitFor(() => opened.said.length === 1);
    expect(opened.said[0]?.level).toBe('warn');
  });
});
