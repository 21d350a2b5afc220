import { type Config, configSchema } from '@trainer/shared/config';
import { describeErrors, fieldErrors } from '@trainer/shared/problems';
import { isSourceId, sourceEntry } from '@trainer/shared/sources';
import { Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { ProblemError } from '../http/problem-error.ts';

interface FieldError {
  field: string;
  message: string;
}

/** The whole configuration as YAML, each source under its title. */
export function toYaml(config: Config, revision: number): string {
  const document = new Document(config);
  document.commentBefore = ` Configuration of stash-sense-trainer, revision ${revision}.\n What you leave out takes its default.`;
  const sources = document.get('sources');
  for (const { key } of isMap(sources) ? sources.items : []) {
    if (isScalar(key) && typeof key.value === 'string' && isSourceId(key.value)) {
      key.commentBefore = ` ${sourceEntry(key.value).title}`;
    }
  }
  return document.toString();
}

/**
 * Reads a configuration from YAML.
 *
 * @returns the input as it was given; it fits the schema
 * @throws {ProblemError} `invalid_request`, each error with its field and, where it can be told, its line
 */
export function fromYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors.map(({ message, pos }) => ({
    field: `line ${lines.linePos(pos[0]).line}`,
    message,
  }));
  if (syntax.length > 0) throw invalid(syntax);
  const input = toPlain(document);
  const { error } = configSchema.safeParse(input);
  if (!error) return input;
  throw invalid(
    fieldErrors(error).map(({ field, message }) => {
      const line = lineOf(document, field.split('.'), lines);
      return { field, message: line === null ? message : `${message} (line ${line})` };
    }),
  );
}

function toPlain(document: Document.Parsed): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    // Aliases that multiply ("billion laughs") end here.
    const message = error instanceof Error ? error.message : String(error);
    throw invalid([{ field: '(body)', message }]);
  }
}

/** The line of the key at `path`, or of the nearest one around it. */
function lineOf(document: Document.Parsed, path: string[], lines: LineCounter): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const around = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (!isMap(around)) continue;
    const pair = around.items.find(({ key }) => isScalar(key) && String(key.value) === path[length - 1]);
    if (pair && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
  }
  return null;
}

function invalid(errors: FieldError[]): ProblemError {
  return new ProblemError('invalid_request', `${describeErrors(errors)}.`, { errors });
}
