import { readFileSync, writeFileSync } from 'node:fs';

/** Resident memory of a process, MB (10^6 bytes). */
export interface Memory {
  before: number;
  peak: number;
}

const MB = 1_000_000;

/** The processes that `pid` has started, itself first. */
function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [
    pid,
    ...children
      .split(' ')
      .filter(Boolean)
      .flatMap((child) => familyOf(Number(child))),
  ];
}

/** workerd, where it is a child of `pid`; else `pid` itself. */
export function serverIn(pid: number): number {
  const nameOf = (each: number) => readFileSync(`/proc/${each}/comm`, 'utf8').trim();
  return familyOf(pid).find((each) => nameOf(each) === 'workerd') ?? pid;
}

/** Begins to watch a process: the kernel keeps the peak from here on (Linux, proc(5): `clear_refs`). */
export function watchMemory(pid: number): () => Memory {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = figure(pid, 'VmRSS');
  return () => ({ before, peak: figure(pid, 'VmHWM') });
}

function figure(pid: number, name: string): number {
  const [, kilobytes = ''] =
    new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round((Number(kilobytes) * 1024) / MB);
}

/** CPU time that a process has had so far, ms; to 10 ms. */
export function cpuMsOf(pid: number): number {
  // After the name, which may hold anything: state, then 10 more fields, then user and system time in 1/100 s.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
