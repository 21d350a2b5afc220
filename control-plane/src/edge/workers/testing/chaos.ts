import type { Bindings } from '../bindings.ts';
import { Digester as RealDigester } from '../digester.ts';
import main from '../main.ts';
import { type AskFate, breakable } from './breakable-bucket.ts';

export { Hub } from '../hub.ts';

interface ChaosBindings extends Bindings {
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
  fetch: (request, bindings, context) => main.fetch(request, withBreakableBucket(bindings), context),
  scheduled: (event, bindings) => main.scheduled(event, withBreakableBucket(bindings)),
} satisfies ExportedHandler<ChaosBindings>;
