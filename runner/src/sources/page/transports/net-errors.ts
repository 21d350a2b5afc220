/**
 * Chrome's network errors (net/base/net_error_list.h) that another attempt may not meet: the connection, the name or the
 * way to the host failed. Certificates, invalid addresses, redirect loops and blocked requests stay as they are.
 */
const PASSING =
  /^ERR_(?:CONNECTION_|TIMED_OUT|NAME_NOT_RESOLVED|NAME_RESOLUTION_FAILED|DNS_|ADDRESS_UNREACHABLE|EMPTY_RESPONSE|NETWORK_|INTERNET_DISCONNECTED|SOCKET_|PROXY_CONNECTION_FAILED|TUNNEL_CONNECTION_FAILED|HTTP2_|QUIC_|INCOMPLETE_|CONTENT_LENGTH_MISMATCH|SSL_PROTOCOL_ERROR|HTTP_RESPONSE_CODE_FAILURE|FAILED$)/;

/** The name of the network error in a sentence of Chrome or Selenium, without `net::`; null when there is none. */
export function findNetError(text: string): string | null {
  return /\bERR_[A-Z][A-Z0-9_]+/.exec(text)?.[0] ?? null;
}

/** Whether a network error of Chrome may be gone at the next attempt. */
export function isPassingNetError(name: string): boolean {
  return PASSING.test(name);
}

/** What Chrome's own error page says. */
export interface ErrorPage {
  /** `ERR_CONNECTION_REFUSED`; null when the page names none. */
  netError: string | null;
  /** The status of an answer that had no body, which Chrome shows as `HTTP ERROR 500`; null otherwise. */
  status: number | null;
}

const ERROR_BODY = /<body\b[^>]{0,500}\bclass\s*=\s*["']?(?:[^"'>]{0,200}\s)?neterror\b/i;

/** Reads the page that Chrome shows in the place of one that it could not load; null for every other page. */
export function readErrorPage(url: string, html: string): ErrorPage | null {
  const body = ERROR_BODY.exec(html);
  if (!body && !url.startsWith('chrome-error:')) return null;
  const shown = html.slice(body?.index ?? 0);
  const status = /\bHTTP ERROR (\d{3})\b/.exec(shown)?.[1];
  return { netError: findNetError(shown), status: status === undefined ? null : Number(status) };
}
