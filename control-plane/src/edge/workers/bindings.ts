import type { Digester } from './digester.ts';
import type { Hub } from './durable-notifier.ts';

/** What `wrangler.toml` binds and `wrangler secret put` sets. */
export interface Bindings {
  R2: R2Bucket;
  ASSETS: Fetcher;
  HUB: DurableObjectNamespace<Hub>;
  DIGESTER: DurableObjectNamespace<Digester>;
  LIBSQL_URL?: string;
  LIBSQL_AUTH_TOKEN?: string;
  ADMIN_TOKEN?: string;
  SECRET_KEY?: string;
  PUBLIC_URL?: string;
}
