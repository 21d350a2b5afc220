import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { crashedExitCode } from './process-end.ts';

const module = JSON.stringify(new URL('./process-end.ts', import.meta.url).href);

describe('an uncaught error', () => {
  it.each([
    ['an error event', `new EventEmitter().emit('error', new Error('lost', { cause: new Error('reset') }))`],
    ['a rejection', `void Promise.reject(new Error('lost', { cause: new Error('reset') }))`],
  ])(
    'is written before it ends the program: %s',
    { meta: { mayCrash: true }, timeout: 60_000 },
    async (_, fault) => {
      const source = `
      import { EventEmitter } from 'node:events';
      import { endOnUncaughtError } from ${module};
      endOnUncaughtError('The control plane');
      setInterval(() => {}, 1_000);
      ${fault};`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        printed += piece;
      });
      const [code] = await once(child, 'close');
      expect(code).toBe(crashedExitCode);
      expect(printed).toMatch(
        /error The control plane ends because of an uncaught error: lost: reset at="at .*eval/,
      );
    },
  );
});
