import { createBrowser } from '../../src/api/browser.ts';
import { mount } from '../../src/mount.tsx';
import { advance } from './advance.ts';
import { createFakeControlPlane } from './fake-control-plane.ts';
import { makeWorld } from './make-world.ts';
import { isScenario } from './world.ts';

/** The page of `npm run dev:fake`: `?scenario=empty|running|failed|finished` picks the moment, `&offline` cuts it off. */
const query = new URLSearchParams(location.search);
const named = query.get('scenario');
const world = makeWorld(isScenario(named) ? named : 'running');
if (query.has('signedout')) world.session = null;
if (query.has('offline')) setTimeout(() => Object.assign(world, { offline: true }), 1_500);

setInterval(() => advance(world), 1_000);
mount(createFakeControlPlane(world), createBrowser());
