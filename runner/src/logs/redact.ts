export type Redact = (text: string) => string;

/** Shorter ones would blacken ordinary words. */
const SECRET_MIN_LENGTH = 6;

/** Blackens every secret, as it is and as it looks inside a URL or a basic authorization header. */
export function createRedactor(secrets: readonly (string | undefined)[]): Redact {
  const forms = secrets
    .filter((secret) => secret !== undefined && secret.length >= SECRET_MIN_LENGTH)
    .flatMap((secret = '') => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  // Longest first, so that a secret that contains another one disappears as a whole.
  const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}
