const COOKIE = 'sst_session';

/** The session's secret from the request's cookies, or null. */
export function readSession(request: Request): string | null {
  const cookies = request.headers.get('cookie') ?? '';
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9a-f]+)`).exec(cookies)?.[1] ?? null;
}

/** The `Set-Cookie` value that keeps `secret` for `maxAgeSeconds`; 0 removes it. */
export function sessionCookie(secret: string, maxAgeSeconds: number, isSecure: boolean): string {
  const flags = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return `${COOKIE}=${secret}; ${flags}`;
}
