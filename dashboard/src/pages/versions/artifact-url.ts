/** Where the bytes of an artifact are; a plain link, so that the browser's own download takes over. */
export function artifactUrl(version: string, name: string): string {
  return `/api/versions/${encodeURIComponent(version)}/artifacts/${encodeURIComponent(name)}`;
}
