import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeFaceEngine } from '../../testing/fake-face-engine.ts';
import { createLogger, type LogEntry } from '../logs/logger.ts';
import { loadPack } from '../models/load-pack.ts';
import { packFiles } from '../models/pack.ts';
import { packFilePath } from '../models/verify-pack.ts';
import { createEngines, type OpenEngine } from './engines.ts';
import { rememberingPack, warmUp } from './warm-up.ts';

let dir: string;
let opened: string[];
let said: LogEntry[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'warm-up-'));
  opened = [];
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

const open: OpenEngine = async (packId) => {
  opened.push(packId);
  return createFakeFaceEngine();
};

function start(how: OpenEngine = open) {
  const log = createLogger({ sinks: [(entry) => said.push(entry)], redact: (text) => text });
  const engines = createEngines(rememberingPack(dir, how));
  return { engines, log, warm: () => warmUp({ dataDir: dir, modelsDir: dir, engines, log }) };
}

/** Files of the right size, which take no room on the disk. */
function provide(id: string): void {
  const pack = loadPack(id);
  for (const { name, bytes } of packFiles(pack)) {
    const path = packFilePath(pack, dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    truncateSync(path, bytes);
  }
}

describe('warming up', () => {
  it('opens nothing while no pack is here', async () => {
    await start().warm();
    expect(opened).toEqual([]);
  });

  it('opens the only pack that is here, and that again costs the task nothing', async () => {
    provide('starter');
    const { engines, log, warm } = start();
    await warm();
    await engines.get('starter', log);
    expect(opened).toEqual(['starter']);
  });

  it('opens of several packs the one that was used last, and none before that', async () => {
    provide('starter');
    provide('buffalo_l');
    await start().warm();
    expect(opened).toEqual([]);
    const first = start();
    await first.engines.get('buffalo_l', first.log);
    await start().warm();
    expect(opened).toEqual(['buffalo_l', 'buffalo_l']);
  });

  it('leaves a pack that cannot be opened to the task that needs it', async () => {
    provide('starter');
    await start(() => Promise.reject(new Error('the driver is too old'))).warm();
    expect(said.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'The models could not be opened ahead; the first task tries again: the driver is too old'],
    ]);
  });
});
