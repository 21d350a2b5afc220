import { type ProblemCode, problemDocument } from '@trainer/contract/problems';

export interface FakeAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** The connection breaks after so many characters of the body. */
  breaksAfter?: number;
}

/** Closes the connection without a word. */
export const hangUp = 'hang-up' as const;

/** Takes the request and never answers, as a connection does that a router in between has forgotten. */
export const silence = 'silence' as const;

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

/** What Cloudflare says in place of a Worker: a page for people, or a line for programs. */
export const cloudflarePage = (status: number, code: number, headers = {}): FakeAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8', server: 'cloudflare', 'cf-ray': '8a1', ...headers },
  body: `<!DOCTYPE html><h1><span>Error</span> <span>${code}</span></h1><span>Ray ID: 8a1 &bull; 2026</span>`,
});

export const cloudflareLine = (status: number, code: number, headers = {}): FakeAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=UTF-8', server: 'cloudflare', 'cf-ray': '8a1', ...headers },
  body: `error code: ${code}`,
});
