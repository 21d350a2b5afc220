/** What the runners and readers of a chaos test have seen, to be held against what is stored in the end. */
export class Book {
  /** By `<task> <fence>`: the runner that was granted it, and how many lines it has written. */
  readonly leases = new Map<string, { runner: string; lines: number }>();
  /** By task: the fence that it must be done at, because its lease may not have been lost. */
  readonly toKeep = new Map<string, number>();
  readonly violations: string[] = [];

  /** A runner begins with a lease. */
  begin(task: string, fence: number, runner: string): void {
    const before = this.leases.get(`${task} ${fence}`);
    if (before) this.violate(`${task} was leased to ${before.runner} and to ${runner} at fence ${fence}`);
    this.leases.set(`${task} ${fence}`, { runner, lines: 0 });
  }

  /** The next line of a lease; the text says which it is. */
  nextLine(task: string, fence: number): string {
    const lease = this.leases.get(`${task} ${fence}`);
    if (!lease) throw new Error(`${task} was not begun at fence ${fence}`);
    lease.lines += 1;
    return `${fence}:${lease.lines}`;
  }

  violate(what: string): void {
    this.violations.push(what);
  }
}
