import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

/**
 * The members of the list or object that a JSON file consists of, as their texts, in batches: a file with
 * hundreds of thousands of members never stands in memory as a whole.
 * @throws Error that names the file when it is cut off or is neither a list nor an object.
 */
export async function* readJsonMembers(path: string): AsyncGenerator<string[]> {
  const splitter = new MemberSplitter();
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const members = splitter.push(String(chunk));
    if (members.length > 0) yield members;
  }
  if (!splitter.isComplete) throw new Error(`${basename(path)} is not a complete JSON list or object`);
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
/** `[` and `{`, `]` and `}`. */
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);

/** Knows no more of JSON than where strings and brackets begin and end; members are parsed by whoever gets them. */
class MemberSplitter {
  isComplete = false;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #pending = '';

  push(text: string): string[] {
    const members: string[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#inString) {
        this.#stepInString(code);
        continue;
      }
      if (code === QUOTE) this.#inString = true;
      else if (OPENING.has(code) && this.#depth++ === 0) from = at + 1;
      else if (CLOSING.has(code)) this.#depth--;
      const isEnd = (code === COMMA && this.#depth === 1) || (CLOSING.has(code) && this.#depth === 0);
      if (!isEnd) continue;
      const member = (this.#pending + text.slice(from, at)).trim();
      this.#pending = '';
      from = at + 1;
      if (member !== '') members.push(member);
      this.isComplete = this.#depth === 0;
    }
    if (this.#depth > 0) this.#pending += text.slice(from);
    return members;
  }

  #stepInString(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
  }
}
