import { rootCause } from '../http/with-causes.ts';
import type { Target } from './receivers.ts';

/** Limits on the part of an answer's body that is read, bytes, and shown, characters. */
const READ_BYTES = 4_096;
const SHOWN = 300;

const words: Record<number, string> = {
  400: 'it rejected the message as malformed',
  401: 'it does not accept the token',
  403: 'it does not accept the token for this request',
  404: 'this address does not exist there',
  405: 'it does not accept POST requests at this address',
  410: 'the address was removed permanently',
  413: 'it refuses the message as too large',
  429: 'it limits the rate of messages',
};

/** What a status means for a hook. */
export function describeAnswer(status: number, host: string): string {
  const answered = `${host} answered ${status}`;
  if (status >= 200 && status < 300) return answered;
  const meaning = words[status] ?? wordsOfClass(status);
  return meaning === null ? answered : `${answered}: ${meaning}`;
}

function wordsOfClass(status: number): string | null {
  if (status >= 500) return 'the receiver has an internal error';
  if (status < 400) return 'it redirects to another address. Redirects are not followed; enter that address';
  return null;
}

/** Why there was no answer. */
export function describeFailure(error: unknown, host: string): string {
  return `no answer from ${host}: ${rootCause(error)}`;
}

/** The beginning of the answer's body, on one line. The rest is not read. */
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

/** Removes a hook's secrets from a text, because receivers may echo what they were sent. Cuts long texts. */
export function redact(text: string, target: Target): string {
  const clean = secretsOf(target).reduce((left, secret) => left.replaceAll(secret, '…'), text);
  return clean.length > SHOWN ? `${clean.slice(0, SHOWN).toWellFormed()}…` : clean;
}

/** The longest first, so that no part of one remains. Parts shorter than four characters are not secrets. */
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
