import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startNode } from './start-node.ts';

describe('a started program', () => {
  it('prints under its name, learns of its former ends, and its last line is kept', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'start-node-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const script = join(dir, 'program.mjs');
    writeFileSync(
      script,
      `console.log(JSON.parse(process.env.SUPERVISED).reason); console.error('no more memory'); process.exitCode = 3;`,
    );
    const lines: string[] = [];
    const restarts = { count: 1, last_at: '2026-01-01T00:00:00.000Z', reason: 'was ended by SIGKILL' };
    const { ended } = startNode(
      { name: 'runner', args: [script], print: (line) => lines.push(line) },
      restarts,
    );
    expect(await ended).toMatchObject({ code: 3, signal: null, lastLine: expect.any(String) });
    expect(lines.toSorted()).toEqual(['[runner] no more memory', '[runner] was ended by SIGKILL']);
  }, 120_000);
});
