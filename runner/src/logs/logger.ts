import { type LogLevel, logLevels } from '@trainer/contract/logs';
import type { SourceId } from '@trainer/contract/sources';
import { visible } from '@trainer/contract/visible';

type LogFields = Record<string, string | number | boolean | null>;

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

interface LoggerOptions {
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

/** A sink that writes one line per entry for people: `12:03:04 warn stashdb: message  key=value`. */
export function printLines(write: (line: string) => void): LogSink {
  return (entry) => write(`${formatEntry(entry)}\n`);
}

/** One line, in which nothing that came from outside moves the cursor or begins a line of its own. */
export function formatEntry({ time, level, source, message, fields }: LogEntry): string {
  const clock = time.toISOString().slice(0, 19).replace('T', ' ');
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${formatValue(value)}`);
  const text = source ? `${source}: ${message}` : message;
  const line = [`${clock} ${level.padEnd(5)} ${text.replaceAll(/\s*\n\s*/g, ' | ')}`, ...pairs].join('  ');
  return visible(line);
}

function formatValue(value: string | number | boolean | null): string {
  return typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : String(value);
}

export type Redact = (text: string) => string;

/** Shorter ones would blacken ordinary words. */
const SECRET_MIN_LENGTH = 6;

/** Blackens every secret, as it is and as it looks inside a URL or a basic authorization header. */
export function createRedactor(secrets: readonly (string | undefined)[]): Redact {
  const forms = secrets
    .filter((secret) => secret !== undefined && secret.length >= SECRET_MIN_LENGTH)
    .flatMap((secret = '') => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  // Longest first, so that a secret that contains another one disappears as a whole.
  const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}
