import { limits } from '@trainer/contract/limits';
import { explanationSchema, type Question } from '@trainer/contract/questions';
import { isoTime } from '../http/iso-time.ts';
import type { QuestionRow } from './store.ts';

/** A question as the API gives it: whether it has expired is judged when asked. */
export function toView({ id, about, askedAt, answeredAt, answer }: QuestionRow, now: number): Question {
  const expiresAt = askedAt + limits.questionWaitsMs;
  const asked = { id, about, asked_at: isoTime(askedAt), expires_at: isoTime(expiresAt) };
  if (answeredAt === null || answer === null)
    return { ...asked, status: now < expiresAt ? 'waiting' : 'expired' };
  return {
    ...asked,
    status: 'answered',
    answered_at: isoTime(answeredAt),
    forgotten_at: isoTime(askedAt + limits.questionKeptMs),
    answer: explanationSchema.parse(JSON.parse(answer)),
  };
}
