import { Hub } from '../../src/edge/workers/durable-notifier.ts';

/** A hub that a test can end, as Cloudflare does when it moves or renews an object. */
export class MortalHub extends Hub {
  end(): void {
    this.ctx.abort('ended by a test');
  }
}
