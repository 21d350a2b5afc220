import { type ProblemCode, problemDocument } from '@trainer/shared/problems';

export interface FakeAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Closes the connection without a word. */
export const hangUp = 'hang-up' as const;

export const noContent: FakeAnswer = { status: 204 };

export const json = (value: unknown, status = 200): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

export const problem = (code: ProblemCode, detail: string, headers = {}): FakeAnswer => {
  const document = problemDocument(code, detail);
  return {
    status: document.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify(document),
  };
};

/** What a proxy says when nobody is behind it. */
export const htmlPage = (status = 502): FakeAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><h1>${status} Bad Gateway</h1></html>`,
});
