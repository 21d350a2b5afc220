import type { SourceDefinition } from '@trainer/contract/sources';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { DefinitionError } from './load-definitions.ts';
import { type DefinedSource, sourceFileSchema, toDefinedSource } from './source-file.ts';

type Path = readonly PropertyKey[];

/**
 * Reads a definition.
 *
 * @throws DefinitionError that names every mistake with its line and field
 */
export function parseDefinition(
  yaml: string,
  file: string,
  origin: SourceDefinition['origin'],
): DefinedSource {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  // The first one; the others follow from it.
  const fault = document.errors[0];
  if (fault) throw wrong(file, [`line ${lines.linePos(fault.pos[0]).line}, YAML: ${fault.message}`]);
  const parsed = sourceFileSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return toDefinedSource(parsed.data, origin);
  throw wrong(
    file,
    parsed.error.issues.flatMap(innermost).map((issue) => describe(issue, document, lines)),
  );
}

function wrong(file: string, mistakes: string[]): DefinitionError {
  return new DefinitionError(
    `${file} is not a valid definition:\n${mistakes.map((one) => `  ${one}`).join('\n')}`,
  );
}

type Issue = z.core.$ZodIssue;

/** Of a choice, what is wrong with the alternative that fits best: the one whose mistakes lie deepest. */
function innermost(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const alternatives = issue.errors.map((inner) =>
    inner.flatMap((one) => innermost({ ...one, path: [...issue.path, ...one.path] })),
  );
  const depth = (one: Issue[]) => Math.max(0, ...one.map(({ path }) => path.length));
  const best = alternatives.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
  return best && best.length > 0 ? best : [issue];
}

function describe(issue: Issue, document: Document, lines: LineCounter): string {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const offset = offsetOf(document, path);
  const line = offset === null ? '' : `line ${lines.linePos(offset).line}, `;
  return `${line}${show(path)}: ${issue.message}`;
}

/** Where the field stands, or else the nearest one around it. */
function offsetOf(document: Document, path: Path): number | null {
  for (let length = path.length; length >= 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const name = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isNode(key) && String(key) === String(name))
      : undefined;
    const node = pair && isNode(pair.key) ? pair.key : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return null;
}

function show(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}
