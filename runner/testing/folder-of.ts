import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SourceEvent } from '../src/sources/base/source.ts';
import { openFolder } from '../src/sources/folder/open-folder.ts';

/** A folder with these files, path to content, until the test is over. */
export function folderOf(files: Record<string, string | Uint8Array>): string {
  const root = mkdtempSync(join(tmpdir(), 'trainer-folder-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** Everything that the source `folder` tells of it, to a catalog that knows the performers `known`. */
export async function listFolder(
  root: string,
  cursor: unknown = null,
  known: string[] = [],
): Promise<SourceEvent[]> {
  const memory = {
    seenIds: async () => new Set<string>(),
    seenCount: async () => 0,
    heldIds: async () => new Set<string>(),
    async *knownIds() {
      yield known;
    },
  };
  const { signal } = new AbortController();
  const events: SourceEvent[] = [];
  const listing = openFolder(root).list({ cursor, full: false, run: '1', memory, signal });
  for await (const event of listing) events.push(event);
  return events;
}

export function performersOf(events: SourceEvent[]) {
  return events.flatMap((event) => (event.kind === 'performer' ? [event.performer] : []));
}

export function unreadableOf(events: SourceEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'unreadable' ? [`${event.what}: ${event.reason}`] : []));
}

export function warningsOf(events: SourceEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
}

/** Addresses of the photos by performer id. */
export function photosOf(events: SourceEvent[]): Record<string, string[]> {
  return Object.fromEntries(
    performersOf(events).map(({ record, images }) => [record.remoteId, images.map(({ url }) => url)]),
  );
}
