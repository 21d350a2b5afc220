import { afdb } from './markup/afdb.ts';
import { babepedia } from './markup/babepedia.ts';
import { boobpedia } from './markup/boobpedia.ts';
import { elitebabes } from './markup/elitebabes.ts';
import { freeones } from './markup/freeones.ts';
import { iafd } from './markup/iafd.ts';
import { indexxx } from './markup/indexxx.ts';
import { javdatabase } from './markup/javdatabase.ts';
import { pornpics } from './markup/pornpics.ts';
import { thenude } from './markup/thenude.ts';
import type { Shape, SitePerformer, SiteWorld } from './site-performer.ts';

/** What each reference site has of a performer, in its own shape of page. */
export const siteWorlds: Record<string, (who: SitePerformer, shape: Shape) => SiteWorld> = {
  afdb,
  babepedia,
  boobpedia,
  elitebabes,
  freeones,
  iafd,
  indexxx,
  javdatabase,
  pornpics,
  thenude,
};
