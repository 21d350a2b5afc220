/**
 * The number of the contract between the programs. docs/protocol.md says what may change under one number, and how something is
 * retired over two.
 *
 * Each side states the range of protocols that it speaks, the runner, the command line and the dashboard with every request and
 * the control plane with every answer. Two sides fit when their ranges overlap. This file loads no schema, because the
 * browser needs it too.
 */

/** The protocol that this release speaks. */
export const protocol = 1;
/** The oldest protocol that it still understands. */
export const oldestProtocol = 1;

/** `1`, or `1-2` for a program that speaks both. */
export const protocolHeader = 'stash-sense-protocol';
/** Which program, and its release: `runner/0.1.0`. */
export const programHeader = 'stash-sense-program';

/** Protocol numbers that a program speaks, both ends included. */
export interface ProtocolRange {
  oldest: number;
  newest: number;
}

export const ownProtocols: ProtocolRange = { oldest: oldestProtocol, newest: protocol };

/** A request that states no protocol comes from curl, a script, or a program from before there were numbers. */
const unstated: ProtocolRange = { oldest: 1, newest: 1 };

/** A program and its release; a request that does not name one has null. */
export interface ProgramName {
  name: string;
  version: string;
}

export type Comparison = 'fits' | 'too_old' | 'too_new';

/** Whether a program that speaks `theirs` can work with one that speaks `own`, or else what it is, seen from there. */
export function compareProtocols(theirs: ProtocolRange, own: ProtocolRange = ownProtocols): Comparison {
  if (theirs.newest < own.oldest) return 'too_old';
  return theirs.oldest > own.newest ? 'too_new' : 'fits';
}

/** The headers with which a program introduces itself. */
export function introduction(
  { name, version }: ProgramName,
  range: ProtocolRange = ownProtocols,
): Record<string, string> {
  return { [protocolHeader]: formatRange(range), [programHeader]: `${name}/${version}` };
}

/** What the other side says about itself: `range` is null when its header cannot be read. */
export function readIntroduction(headers: Headers): {
  range: ProtocolRange | null;
  program: ProgramName | null;
} {
  const stated = headers.get(protocolHeader);
  return {
    range: stated === null ? unstated : parseRange(stated),
    program: parseProgram(headers.get(programHeader)),
  };
}

export function formatRange({ oldest, newest }: ProtocolRange): string {
  return oldest === newest ? String(newest) : `${oldest}-${newest}`;
}

function parseRange(text: string): ProtocolRange | null {
  const [, oldest, newest = oldest] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text.trim()) ?? [];
  if (oldest === undefined || Number(oldest) > Number(newest)) return null;
  return { oldest: Number(oldest), newest: Number(newest) };
}

function parseProgram(text: string | null): ProgramName | null {
  const [, name, version] = /^([a-z][a-z0-9-]{0,39})\/([\w.+-]{1,40})$/.exec(text ?? '') ?? [];
  return name === undefined || version === undefined ? null : { name, version };
}

/** One sentence for people: which two do not fit, and which one is to be upgraded. */
export function describeMismatch(
  caller: { program: ProgramName | null; range: ProtocolRange },
  controlPlane: { version: string; range?: ProtocolRange },
): string {
  const { range = ownProtocols, version } = controlPlane;
  const who = caller.program ? `The ${titleOf(caller.program)} ${caller.program.version}` : 'The caller';
  const theirs = `${who} speaks protocol ${formatRange(caller.range)}`;
  const ours = `the control plane ${version} speaks ${formatRange(range)}`;
  const isOld = compareProtocols(caller.range, range) === 'too_old';
  const whom = caller.program ? `the ${titleOf(caller.program)}` : 'the caller';
  return `${theirs}, and ${ours}: upgrade ${isOld ? whom : 'the control plane'}.`;
}

/** What may explain a refused field: the two sides are of different releases. Empty when they are not, or one does not say. */
export function describeReleases(caller: ProgramName | null, controlPlaneVersion: string | null): string {
  if (!caller || controlPlaneVersion === null || caller.version === controlPlaneVersion) return '';
  return `The ${titleOf(caller)} is ${caller.version} and the control plane ${controlPlaneVersion}; bring both to the same release.`;
}

/** The programs of this repository introduce themselves with these names. */
export type OwnProgram = 'runner' | 'cli' | 'dashboard' | 'control-plane';

const titles: Readonly<Record<string, string>> = {
  cli: 'command line',
  'control-plane': 'control plane',
} satisfies Partial<Record<OwnProgram, string>>;

function titleOf({ name }: ProgramName): string {
  return titles[name] ?? name;
}
