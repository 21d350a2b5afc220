import type { ReadonlySignal } from '@preact/signals';
import type { Call } from '@trainer/contract/client';
import type { LogLevel, StoredLogLine } from '@trainer/contract/logs';
import type { SourceId } from '@trainer/contract/sources';
import { version } from '../../../package.json';

export interface LogFilter {
  run: number;
  /** Null for every source. */
  source: SourceId | null;
  /** The lowest level wanted. */
  level: LogLevel;
}

/** `lost` means that the stream broke and is being opened again. */
export type LogStreamState = 'connecting' | 'live' | 'lost';

export interface LogListener {
  line(line: StoredLogLine): void;
  state(state: LogStreamState): void;
}

/** The external interface of the dashboard: requests and the live log. Implemented by `http.ts` and by the fake. */
export interface ControlPlane {
  call: Call;
  /** The release that the control plane stated with its newest answer; null before the first one. */
  release: ReadonlySignal<string | null>;
  /** Opens the live log and keeps it open; the answer closes it. Lines may come twice after a break. */
  openLog(filter: LogFilter, listener: LogListener): () => void;
}

// The name alone, so that the rest of the file stays out of the page.

/** The release that this page was built from. */
export const release = version;
