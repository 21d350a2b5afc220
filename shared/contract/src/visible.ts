/**
 * What a terminal or a browser would obey instead of showing: C0 and C1 control characters (escape sequences begin with one), line
 * and paragraph separators, and the invisible characters that reorder or hide what stands beside them. The joiners U+200C and
 * U+200D stay: names in Persian and many emoji are written with them.
 */
const unseen =
  /[\p{Cc}\p{Bidi_Control}\u00ad\u180e\u200b\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * Text from outside as one line that is safe to print: control characters become visible signs (`ESC` is `␛`, a line break `␊`, a
 * right-to-left override `⟨U+202E⟩`), and lone surrogates the replacement character.
 */
export function visible(text: string): string {
  return text.toWellFormed().replace(unseen, signOf);
}

/** The same for a text of several lines: its line breaks stay. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** A value as JSON that is safe to print and means the same: `JSON.stringify` leaves C1 and reordering characters as they are. */
export function visibleJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent) ?? 'null';
  return text.replace(unseen, (found) => (found === '\n' ? found : escapeOf(found)));
}

function signOf(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function escapeOf(found: string): string {
  return Array.from(
    { length: found.length },
    (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
