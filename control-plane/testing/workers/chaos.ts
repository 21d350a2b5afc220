import type { Bindings } from '../../src/edge/workers/bindings.ts';
import { Digester as RealDigester } from '../../src/edge/workers/digester.ts';
import main from '../../src/edge/workers/main.ts';
import { type AskFate, breakable } from './breakable-bucket.ts';
import type { MortalHub } from './mortal-hub.ts';

export { MortalHub as Hub } from './mortal-hub.ts';

/** A request to it ends the hub. */
const endHubPath = '/end-hub';

interface ChaosBindings extends Omit<Bindings, 'HUB'> {
  HUB: DurableObjectNamespace<MortalHub>;
  /** Answers `GET <url>/<operation>` with `well`, `before` or `after`. */
  FATE_URL: string;
}

const askFateAt =
  (url: string): AskFate =>
  async (operation) => {
    const fate = await (await fetch(`${url}/${operation}`)).text();
    return fate === 'before' || fate === 'after' ? fate : 'well';
  };

const withBreakableBucket = (bindings: ChaosBindings): ChaosBindings => ({
  ...bindings,
  R2: breakable(bindings.R2, askFateAt(bindings.FATE_URL)),
});

export class Digester extends RealDigester {
  constructor(state: DurableObjectState, bindings: ChaosBindings) {
    super(state, withBreakableBucket(bindings));
  }
}

/** The Worker as it is, on a bucket that fails when the test wants it to. */
export default {
  async fetch(request, bindings, context) {
    if (new URL(request.url).pathname !== endHubPath) {
      return main.fetch(request, withBreakableBucket(bindings), context);
    }
    // What ends it is the only answer.
    await bindings.HUB.getByName('hub')
      .end()
      .catch(() => {});
    return new Response(null, { status: 204 });
  },
  scheduled: (event, bindings) => main.scheduled(event, withBreakableBucket(bindings)),
} satisfies ExportedHandler<ChaosBindings>;
