import { join } from 'node:path';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';

const ROOT = join(import.meta.dirname, '../../../..');

interface WorkerdOptions {
  /** Its secrets, and whatever else a test's entry wants to be told. */
  bindings: Readonly<Record<string, string>>;
  /** The Worker's entry; that of `wrangler.toml` unless a test brings its own. */
  entry?: string;
  /** Of the runtime, for that entry; none otherwise. */
  compatibilityFlags?: string[];
  /** Folder of the dashboard's files; its build unless a test brings its own. */
  assetsDir?: string;
  /** On loopback; 0 takes any free one. */
  port?: number;
  /** Folder in which R2's objects outlive the process; without one they are kept nowhere. */
  dataDir?: string;
  /** Gets whatever the Worker prints. */
  print?: (line: string) => void;
}

export interface Workerd extends AsyncDisposable {
  /** `http://127.0.0.1:8787` */
  url: string;
  miniflare: Miniflare;
  /** Kills workerd (SIGKILL) and starts it anew at the same address, with what was stored. */
  restart: () => Promise<void>;
}

/**
 * Runs the Worker on workerd, the runtime of Cloudflare Workers, with what `wrangler.toml` binds: R2, Durable Objects and
 * the dashboard's files, all local.
 */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { bindings, compatibilityFlags, assetsDir, port = 0, dataDir, print = () => {} } = options;
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'), undefined, {
    overrides: { assets: assetsDir ? { directory: assetsDir } : {} },
  });
  const script = await bundleWorker(options.entry ?? main ?? '');
  const keepSignals = ourSignals();
  const optionsAt = (at: number) =>
    convertV4MiniflareOptions({
      ...workerOptions,
      modules: [{ type: 'ESModule', path: 'worker.mjs', contents: script }],
      bindings: { ...bindings },
      ...(compatibilityFlags && { compatibilityFlags }),
      host: '127.0.0.1',
      port: at,
      // A look-up of where we are, on the internet.
      cf: false,
      ...(dataDir && { resourcePersistencePath: dataDir }),
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ message }) => print(message),
    });
  const miniflare = new Miniflare(optionsAt(port));
  keepSignals();
  const url = await miniflare.ready;
  return {
    url: url.origin,
    miniflare,
    restart: () => miniflare.setOptions(optionsAt(Number(url.port))),
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}

/** Miniflare ends the process at a signal; how ours ends is for its entry to say. workerd goes with the process anyway. */
function ourSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const ours = new Map(signals.map((signal) => [signal, new Set(process.listeners(signal))]));
  return () => {
    for (const signal of signals) {
      for (const listener of process.listeners(signal)) {
        if (!ours.get(signal)?.has(listener)) process.off(signal, listener);
      }
    }
  };
}

/**
 * Bundles a Worker's entry as `wrangler deploy` does: one ES module, the runtime's own modules left out, `.sql` files as
 * their text. Answers with the module's source.
 */
async function bundleWorker(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    loader: { '.sql': 'text' },
    sourcemap: 'inline',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
