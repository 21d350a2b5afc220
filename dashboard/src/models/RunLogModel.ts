import { batch, createModel, effect, signal, untracked } from '@preact/signals';
import type { LogLevel, StoredLogLine } from '@trainer/contract/logs';
import type { SourceId } from '@trainer/contract/sources';
import type { Browser } from '../api/browser.ts';
import type { LogStreamState } from '../api/control-plane.ts';
import { foldLogLines } from '../derive/fold-log-lines.ts';
import type { ConnectionModel } from './ConnectionModel.ts';

/** The render interval, ms. Lines arrive in bursts and are rendered in batches to keep the page responsive. */
const SHOW_EVERY_MS = 100;

/** The live log of one run, bounded. A changed filter reopens the stream, so it also applies to past lines. */
export const RunLogModel = createModel((connection: ConnectionModel, browser: Browser, run: number) => {
  const lines = signal<readonly StoredLogLine[]>([]);
  const state = signal<LogStreamState>('connecting');
  const source = signal<SourceId | null>(null);
  const level = signal<LogLevel>('info');
  const follow = signal(true);
  let arrived: StoredLogLine[] = [];
  let cancelShow: (() => void) | null = null;

  function show(): void {
    cancelShow = null;
    lines.value = foldLogLines(lines.peek(), arrived);
    arrived = [];
  }
  function take(line: StoredLogLine): void {
    arrived.push(line);
    cancelShow ??= browser.after(SHOW_EVERY_MS, show);
  }
  effect(() => {
    const filter = { run, source: source.value, level: level.value };
    untracked(() => {
      lines.value = [];
    });
    const close = connection.openLog(filter, {
      line: take,
      state: (next) => {
        state.value = next;
      },
    });
    return () => {
      close();
      cancelShow?.();
      cancelShow = null;
      arrived = [];
    };
  });
  return {
    lines,
    state,
    source,
    level,
    follow,
    filter(next: { source?: SourceId | null; level?: LogLevel }) {
      batch(() => {
        if (next.source !== undefined) source.value = next.source;
        if (next.level !== undefined) level.value = next.level;
      });
    },
    setFollow(next: boolean) {
      follow.value = next;
    },
  };
});
export type RunLogModel = InstanceType<typeof RunLogModel>;
