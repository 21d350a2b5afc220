/**
 * What stands at a path of keys with dots between; arrays on the way are walked through, so one path may lead to
 * several values. An empty path leads to the value itself, or to the elements of an array.
 */
export function jsonValues(value: unknown, path: string): unknown[] {
  const keys = path === '' ? [] : path.split('.');
  return keys.reduce<unknown[]>(
    (at, key) => at.flatMap((one) => elements(member(one, key))),
    elements(value),
  );
}

/** Text and numbers as text, everything else as nothing. */
export function jsonTexts(value: unknown, path: string): string[] {
  return jsonValues(value, path).flatMap((one) => {
    if (typeof one === 'string') return [one];
    return typeof one === 'number' ? [String(one)] : [];
  });
}

/** The JSON in a text, or null where there is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function member(value: unknown, key: string): unknown {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && Object.hasOwn(value, key)
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

function elements(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}
