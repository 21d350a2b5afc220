/** What R2 says when it fails for reasons of its own. */
const FAILURE = 'We encountered an internal error. Please try again. (10001)';

/** Says, for each operation before it begins, whether and when it fails. */
export type AskFate = (operation: string) => Promise<'well' | 'before' | 'after'>;

/** A bucket, or an upload of it, whose operations fail when `askFate` says so: before they had an effect, or after. */
export function breakable<T extends object>(real: T, askFate: AskFate): T {
  return new Proxy(real, {
    get(_, name) {
      const value: unknown = Reflect.get(real, name);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      // Only names an upload; nothing is sent yet.
      if (name === 'resumeMultipartUpload') {
        return (...args: unknown[]) => breakable(value.apply(real, args), askFate);
      }
      return async (...args: unknown[]) => {
        const fate = await askFate(name);
        if (fate === 'before') throw new Error(`${name}: ${FAILURE}`);
        const result: unknown = await value.apply(real, args);
        if (fate === 'after') throw new Error(`${name}: ${FAILURE}`);
        return result;
      };
    },
  });
}
