/** What every answer says, and a browser obeys: nothing from elsewhere, nothing inline, no frames. */
const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The dashboard loads its own files and talks to its own origin. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the headers in place; pages get the policy that lets the dashboard work. */
export function addSecurityHeaders(headers: Headers, isPage: boolean): void {
  for (const [name, value] of Object.entries(always)) headers.set(name, value);
  if (isPage) headers.set('content-security-policy', PAGE_POLICY);
}
