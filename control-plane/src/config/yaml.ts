import type { Config, enteredConfigSchema } from '@trainer/contract/config';
import { limits } from '@trainer/contract/limits';
import { fieldErrors, firstErrors } from '@trainer/contract/problems';
import type { SourceId } from '@trainer/contract/sources';
import { Document, isMap, isScalar, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { unknownIn } from '../http/mount.ts';
import { invalidRequest, ProblemError } from '../http/problem-error.ts';

/** The whole configuration as YAML, each source under its title. */
export function toYaml(config: Config, revision: number, titleOf: (id: SourceId) => string): string {
  const document = new Document(config);
  document.commentBefore = ` Configuration of stash-sense-trainer, revision ${revision}.\n What you leave out takes its default.`;
  const sources = document.get('sources');
  for (const { key } of isMap(sources) ? sources.items : []) {
    if (isScalar(key) && typeof key.value === 'string') {
      key.commentBefore = ` ${titleOf(key.value)}`;
    }
  }
  return document.toString();
}

/**
 * Reads a configuration from YAML. Its cost grows with the text alone, whatever the text is.
 *
 * @param schema of what may be entered now
 * @param stored the configuration that it shall replace: a field that is not known here may stay where it is stored already
 * @returns the input as it was given; it fits the schema
 * @throws {ProblemError} `invalid_request`, the first errors with their fields and, where it can be told, their lines; `too_large`
 */
export function fromYaml(text: string, schema: typeof enteredConfigSchema, stored: unknown = {}): unknown {
  refuseSize(text);
  const lines = new LineCounter();
  const document = parse(text, lines);
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const syntax = firstErrors(
    [...document.errors, ...repeatedKeys(document)].map(({ message, pos }) => ({
      field: `line ${lineAt(pos[0])}`,
      message,
    })),
  );
  if (syntax.errors.length > 0) throw invalidRequest(syntax);
  const input = toPlain(document);
  const { error } = schema.safeParse(input);
  const issues = [...(error?.issues ?? []), ...unknownIn(schema, input, stored)];
  if (issues.length === 0) return input;
  const { errors, more } = fieldErrors({ issues });
  const withLines = errors.map(({ field, message }) => {
    const line = lineOf(document, field.split('.'), lines);
    return { field, message: line === null ? message : `${message} (line ${line})` };
  });
  throw invalidRequest({ errors: withLines, more });
}

function refuseSize(text: string): void {
  if (text.length <= limits.yamlMaxLength) return;
  throw new ProblemError(
    'too_large',
    `The YAML has ${text.length} characters, and a configuration ${limits.yamlMaxLength} at most.`,
  );
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  try {
    // The parser compares every key with every other one; `repeatedKeys` does not.
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    throw unreadable(error);
  }
}

/** Keys that their mapping has already, found in one walk. */
function repeatedKeys(document: Document.Parsed): Pick<YAMLError, 'message' | 'pos'>[] {
  const found: Pick<YAMLError, 'message' | 'pos'>[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value) && key.range) {
          found.push({ message: 'Map keys must be unique', pos: [key.range[0], key.range[1]] });
        }
        seen.add(key.value);
      }
    },
  });
  return found;
}

function toPlain(document: Document.Parsed): unknown {
  let input: unknown;
  try {
    input = document.toJS();
  } catch (error) {
    // Aliases that multiply ("billion laughs") end here.
    throw unreadable(error);
  }
  if (input !== null && input !== undefined) return input;
  const message = 'holds no configuration; send {} to set every field back to its default';
  throw invalidRequest({ errors: [{ field: '(body)', message }], more: 0 });
}

function unreadable(error: unknown): ProblemError {
  const isTooDeep = error instanceof RangeError;
  const message = isTooDeep ? 'is nested too deeply' : error instanceof Error ? error.message : String(error);
  return invalidRequest(firstErrors([{ field: '(body)', message }]));
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
