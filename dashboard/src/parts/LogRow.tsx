import type { StoredLogLine } from '@trainer/contract/logs';
import { Component } from 'preact';
import { fieldWords } from '../derive/fold-log-lines.ts';
import { formatClock, formatMoment } from '../derive/moments.ts';

interface Props {
  line: StoredLogLine;
  title: string;
}

/** One line. It never changes, so it is drawn once, however many follow it. */
export class LogRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    return next.line !== this.props.line || next.title !== this.props.title;
  }

  override render({ line, title }: Props) {
    const fields = fieldWords(line.fields);
    return (
      <p class={`log-row level-${line.level}`}>
        <time dateTime={line.time} title={formatMoment(line.time)}>
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
