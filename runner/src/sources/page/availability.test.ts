import { describe, expect, it } from 'vitest';
import { startChrome } from '../../../testing/sites/start-chrome.ts';
import { startFlareSolverr } from '../../../testing/sites/start-flaresolverr.ts';
import { loadDefinitions } from '../definition/load-definitions.ts';
import { whyNoTransport, whyUnreachable } from './availability.ts';

const loaded = loadDefinitions(null);
const nothing = () => undefined;

function definitionOf(id: string) {
  const definition = loaded.get(id)?.defined?.page;
  if (!definition) throw new Error(`no definition of ${id}`);
  return definition;
}

describe('whether a site can be used', () => {
  it.for([
    ['babepedia', 'FLARESOLVERR_URL is not set, and the site is only read through FlareSolverr'],
    ['iafd', 'FLARESOLVERR_URL is not set, and the site is only read through FlareSolverr'],
    ['indexxx', 'CHROME_CDP_URL is not set, and the site is only read through Chrome'],
    ['freeones', null],
    ['pornpics', null],
  ] as const)('without anything configured: %s', ([id, reason]) => {
    expect(whyNoTransport(definitionOf(id), nothing)).toBe(reason);
  });

  it('asks what is configured whether it is there', async () => {
    await using solver = await startFlareSolverr();
    await using chrome = await startChrome();
    const there = (name: string) =>
      ({ FLARESOLVERR_URL: `${solver.origin}/v1`, CHROME_CDP_URL: chrome.url })[name];
    const gone = () => 'http://127.0.0.1:1';
    expect(await whyUnreachable(definitionOf('babepedia'), there)).toBeNull();
    expect(await whyUnreachable(definitionOf('indexxx'), there)).toBeNull();
    expect(await whyUnreachable(definitionOf('afdb'), gone)).toBeNull();
    expect(await whyUnreachable(definitionOf('babepedia'), gone)).toMatch(
      /^FLARESOLVERR_URL is set, but no FlareSolverr answers there: /,
    );
    expect(await whyUnreachable(definitionOf('indexxx'), gone)).toMatch(
      /^CHROME_CDP_URL is set, but no Chrome/,
    );
  });
});
