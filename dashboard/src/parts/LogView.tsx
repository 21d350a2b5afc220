import type { LogLevel, StoredLogLine } from '@trainer/contract/logs';
import type { SourceId } from '@trainer/contract/sources';
import { Component } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { LogStreamState } from '../api/control-plane.ts';
import { fieldsText, LOG_LINES_MAX } from '../derive/fold-log-lines.ts';
import { formatCount } from '../derive/numbers.ts';
import { formatClock, formatDateTime } from '../derive/times.ts';

interface Props {
  lines: readonly StoredLogLine[];
  state: LogStreamState;
  source: SourceId | null;
  level: LogLevel;
  follow: boolean;
  sources: readonly SourceId[];
  titleOf: (source: SourceId | null) => string;
  onFilter: (change: { source?: SourceId | null; level?: LogLevel }) => void;
  onFollow: (follow: boolean) => void;
}

const levels = [
  ['debug', 'everything'],
  ['info', 'info and above'],
  ['warn', 'warnings and errors'],
  ['error', 'errors only'],
] as const satisfies [LogLevel, string][];

/** The log with its filters. Scrolling up stops following; going to the end begins it again. */
export function LogView(props: Props) {
  const { lines, follow, onFollow } = props;
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (follow && frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [lines, follow]);

  const onScroll = (event: { currentTarget: HTMLDivElement }) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    const atEnd = scrollHeight - scrollTop - clientHeight < 24;
    if (atEnd !== follow) onFollow(atEnd);
  };
  return (
    <div class="log">
      <LogBar {...props} />
      <div
        class="log-lines"
        ref={frame}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label="Log lines"
        // Lets the keyboard scroll it.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus.
        tabIndex={0}
      >
        {lines.length === 0 && <p class="muted">No lines match the filter yet.</p>}
        {lines.map((line) => (
          <LogRow key={line.id} line={line} title={line.source ? props.titleOf(line.source) : 'run'} />
        ))}
      </div>
    </div>
  );
}

function LogBar({ lines, state, source, level, follow, sources, titleOf, onFilter, onFollow }: Props) {
  return (
    <div class="log-bar">
      <label>
        <span class="visually-hidden">Source</span>
        <select
          value={source ?? ''}
          onChange={({ currentTarget: { value } }) =>
            onFilter({ source: sources.find((each) => each === value) ?? null })
          }
        >
          <option value="">every source</option>
          {sources.map((each) => (
            <option key={each} value={each}>
              {titleOf(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="visually-hidden">Level</span>
        <select
          value={level}
          onChange={({ currentTarget: { value } }) => {
            const found = levels.find(([each]) => each === value);
            if (found) onFilter({ level: found[0] });
          }}
        >
          {levels.map(([each, label]) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label class="inline">
        <input type="checkbox" checked={follow} onChange={(event) => onFollow(event.currentTarget.checked)} />
        follow
      </label>
      <span class="log-state" role="status">
        {stateLabels[state]}
      </span>
      <span class="muted push">{countText(lines.length)}</span>
    </div>
  );
}

const stateLabels: Record<LogStreamState, string> = {
  connecting: 'connecting…',
  live: 'live',
  lost: 'connection lost, retrying…',
};

function countText(count: number): string {
  if (count >= LOG_LINES_MAX) return `newest ${formatCount(count)} lines`;
  return `${formatCount(count)} ${count === 1 ? 'line' : 'lines'}`;
}

interface LogRowProps {
  line: StoredLogLine;
  title: string;
}

/** One line. It never changes, so it is drawn once, however many follow it. */
class LogRow extends Component<LogRowProps> {
  override shouldComponentUpdate(next: LogRowProps): boolean {
    return next.line !== this.props.line || next.title !== this.props.title;
  }

  override render({ line, title }: LogRowProps) {
    const fields = fieldsText(line.fields);
    return (
      <p class={`log-row level-${line.level}`}>
        <time dateTime={line.time} title={formatDateTime(line.time)}>
          {formatClock(line.time)}
        </time>{' '}
        <span class="log-level">{line.level}</span> <span class="log-source">{title}</span>{' '}
        <span class="log-message">
          <bdi>{line.message}</bdi>
          {fields && (
            <span class="log-fields">
              {' '}
              <bdi>{fields}</bdi>
            </span>
          )}
        </span>
      </p>
    );
  }
}
