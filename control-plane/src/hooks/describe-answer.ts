import { rootCause } from '../http/with-causes.ts';
import type { Target } from './receivers.ts';

/** So much of an answer's body is read, bytes, and shown, characters. */
const READ_BYTES = 4_096;
const SHOWN = 300;

const words: Record<number, string> = {
  400: 'it does not understand the message',
  401: 'it does not accept the token',
  403: 'it does not accept the token, or not for this',
  404: 'it knows no such address',
  405: 'it takes no messages at this address',
  410: 'the address is gone for good',
  413: 'the message is too large for it',
  429: 'it wants to be left alone for a while',
};

/** What a status means for a hook. */
export function describeAnswer(status: number, host: string): string {
  const answered = `${host} answered ${status}`;
  if (status >= 200 && status < 300) return answered;
  const meaning = words[status] ?? wordsOfClass(status);
  return meaning === null ? answered : `${answered}: ${meaning}`;
}

function wordsOfClass(status: number): string | null {
  if (status >= 500) return 'it has trouble of its own';
  if (status < 400) return 'it points to another address. Redirects are not followed; enter that address';
  return null;
}

/** Why there was no answer. */
export function describeFailure(error: unknown, host: string): string {
  return `no answer from ${host}: ${rootCause(error)}`;
}

/** How the answer's body begins, on one line. The rest is not read. */
export async function readExcerpt(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = 0; bytes < READ_BYTES; ) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** A text without the secrets of a hook, whose receiver may repeat what it was sent. Long ones are cut. */
export function redact(text: string, target: Target): string {
  const clean = secretsOf(target).reduce((left, secret) => left.replaceAll(secret, '…'), text);
  return clean.length > SHOWN ? `${clean.slice(0, SHOWN).toWellFormed()}…` : clean;
}

/** The longest first, so that no rest of one is left. A short part of a path is a word like any other. */
function secretsOf({ address, secret }: Target): string[] {
  const { pathname, search, searchParams } = new URL(address);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter((part) => part.length >= 4);
  const all = [address, `${pathname}${search}`, pathname, ...parts, ...(secret === null ? [] : [secret])];
  return all
    .flatMap((each) => [
      each,
      encodeURIComponent(each),
      JSON.stringify(each).slice(1, -1).replaceAll('/', '\\/'),
    ])
    .filter((each) => each.length >= 4)
    .toSorted((a, b) => b.length - a.length);
}
