/**
 * Control characters, and those that are not seen: zero widths, marks of direction, soft hyphens. In an id they come from
 * careless copying, and two ids that differ in them alone are one.
 */
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;

/** An id without characters that are not seen, in NFC. */
export function tidyId(id: string): string {
  return id.replaceAll(UNSEEN, '').normalize('NFC');
}

/** Percent-decoded once. A stray percent sign is somebody's handle, not an error. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A handle without what stands before it in links: `@`, slashes and blanks, percent-encoded once or several times. They are
 * taken off until nothing changes, so that a bare handle stays as it is. No site allows a percent sign in handles.
 */
export function bareHandle(segment: string): string {
  let handle = segment;
  for (;;) {
    const barer = tidyId(decodePart(handle)).replace(/^[@＠/\s]+|[/\s]+$/g, '');
    if (barer === handle) return handle;
    handle = barer;
  }
}
