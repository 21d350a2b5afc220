import type { StoredLogLine } from '@trainer/contract/logs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFakeBrowser } from '../../testing/fake/fake-browser.ts';
import type { LogStreamState } from './control-plane.ts';
import { createHttpControlPlane } from './http.ts';

/** Stands in for the browser's own EventSource, which happy-dom does not have; the test moves it by hand. */
class HandStream {
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  close() {
    this.readyState = 2;
  }
}

function openLog() {
  const browser = createFakeBrowser();
  const opened: HandStream[] = [];
  const lines: StoredLogLine[] = [];
  const states: LogStreamState[] = [];
  const openStream = (url: string) => {
    const stream = new HandStream(url);
    opened.push(stream);
    return stream;
  };
  const close = createHttpControlPlane(browser, openStream).openLog(
    { run: 7, source: 'stashdb', level: 'warn' },
    { line: (line) => lines.push(line), state: (state) => states.push(state) },
  );
  const newest = () => opened.at(-1) ?? expect.unreachable();
  return { browser, opened, lines, states, close, newest };
}

describe('the live log over EventSource', () => {
  it('asks for the run, the source and the level, and hands lines on', () => {
    const { lines, states, newest } = openLog();
    expect(newest().url).toBe('/api/logs?run=7&level=warn&tail=500&source=stashdb');
    newest().onopen?.(new Event('open'));
    newest().onmessage?.(new MessageEvent('message', { data: '{"id":3}' }));
    expect([states, lines]).toEqual([['connecting', 'live'], [{ id: 3 }]]);
  });

  it('leaves a broken stream to the browser as long as that tries', async () => {
    const { browser, opened, states, newest } = openLog();
    newest().onerror?.(new Event('error'));
    await browser.pass(60_000);
    expect(states.at(-1)).toBe('lost');
    expect(opened).toHaveLength(1);
  });

  it('opens a stream anew that the browser has given up, but not after it was closed', async () => {
    const { browser, opened, close, newest } = openLog();
    newest().readyState = 2;
    newest().onerror?.(new Event('error'));
    await browser.pass(3_000);
    expect(opened).toHaveLength(2);
    newest().onerror?.(new Event('error'));
    close();
    await browser.pass(60_000);
    expect(opened).toHaveLength(2);
  });
});

it('knows the release that answers, and leaves it as it is when somebody else answers', async () => {
  const answers = [
    Response.json([], { headers: { 'stash-sense-program': 'control-plane/9.0.0' } }),
    new Response('<h1>Bad Gateway</h1>', { status: 502 }),
  ];
  const stated: (string | null)[] = [];
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    stated.push(new Headers(init?.headers).get('stash-sense-program'));
    return answers.shift() ?? expect.unreachable();
  });
  onTestFinished(() => fetched.mockRestore());
  const { call, release } = createHttpControlPlane(createFakeBrowser());
  await call('GET /api/versions');
  await expect(call('GET /api/versions')).rejects.toThrow();
  expect(release.value).toBe('9.0.0');
  expect(stated).toEqual([expect.stringMatching(/^dashboard\//), expect.stringMatching(/^dashboard\//)]);
});
