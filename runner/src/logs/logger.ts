import { type LogLevel, logLevels } from '@trainer/contract/logs';
import type { SourceId } from '@trainer/contract/sources';
import type { Redact } from './redact.ts';

export type LogFields = Record<string, string | number | boolean | null>;

export interface LogEntry {
  time: Date;
  level: LogLevel;
  source: SourceId | null;
  message: string;
  fields: LogFields;
}

/** Where entries go. It must not block and not throw. */
export type LogSink = (entry: LogEntry) => void;

export type Logger = Record<LogLevel, (message: string, fields?: LogFields) => void> & {
  /** The same logger, whose lines belong to `source`. */
  from: (source: SourceId | null) => Logger;
  /** The same logger, whose lines go to `sink` as well. */
  into: (sink: LogSink) => Logger;
};

export interface LoggerOptions {
  sinks: readonly LogSink[];
  /** Applied to messages and fields before any sink sees them. */
  redact: Redact;
  /** The lowest level that is passed on. */
  level?: LogLevel;
  now?: () => Date;
  source?: SourceId | null;
}

export function createLogger(options: LoggerOptions): Logger {
  const { sinks, redact, level: lowest = 'info', now = () => new Date(), source = null } = options;
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(level) < logLevels.indexOf(lowest)) return;
      const entry = {
        time: now(),
        level,
        source,
        message: redact(message),
        fields: redactFields(fields, redact),
      };
      for (const sink of sinks) sink(entry);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    from: (of) => createLogger({ ...options, source: of }),
    into: (sink) => createLogger({ ...options, sinks: [...sinks, sink] }),
  };
}

function redactFields(fields: LogFields, redact: Redact): LogFields {
  const pairs = Object.entries(fields);
  return Object.fromEntries(
    pairs.map(([key, value]) => [key, typeof value === 'string' ? redact(value) : value]),
  );
}
