/** Any answer that is not worth another try: 2xx, 304 and 4xx but 408 and 429. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  body: Uint8Array;
  /** After redirects. */
  url: URL;
}
