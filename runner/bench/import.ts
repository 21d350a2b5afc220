/**
 * Imports generated releases of both formats at the size of the public databases: 108,000 performers with 367,000 faces (stash-sense),
 * 150,000 with 1,000,000 (stash-sense2, 16-bit vectors). Prints CPU time, memory and the rate, beside the rate at which the same disk
 * takes plain transactions. `BENCH_SCALE=0.01` imports a hundredth.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openCatalog } from '../src/catalog/open-catalog.ts';
import { openExclusionFilter } from '../src/exclusions/open-exclusion-filter.ts';
import { importRelease } from '../src/import/import-release.ts';
import { openRelease } from '../src/import/open-release.ts';
import { packIdOf } from '../src/import/require-same-models.ts';
import { loadPack } from '../src/models/load-pack.ts';
import { testDeps, uuid } from '../testing/catalog/samples.ts';
import {
  type GeneratedPerformer,
  type GeneratedRelease,
  generateRelease,
} from '../testing/releases/generate-release.ts';

const scale = Number(process.env.BENCH_SCALE ?? 1);
const sizes = [
  { format: 'stash-sense', performers: 108_000, faces: 366_794 },
  { format: 'stash-sense2', performers: 150_000, faces: 1_000_000 },
] as const;

const scratch = mkdtempSync(join(tmpdir(), 'import-bench-'));
try {
  for (const size of sizes) await measure(size);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure({ format, performers, faces }: (typeof sizes)[number]): Promise<void> {
  const dir = join(scratch, format);
  const wanted = { performers: Math.round(performers * scale), faces: Math.round(faces * scale) };
  await generateRelease(dir, aRelease(format, wanted));
  const catalog = await openCatalog(join(scratch, `${format}.db`), testDeps);
  const owner = catalog.forOwner();
  const signal = new AbortController().signal;
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  let peak = 0;
  const release = await openRelease(dir);
  const report = await importRelease(release, {
    catalog: owner,
    exclusionFilter: await openExclusionFilter(owner, async () => [], signal),
    pack: loadPack(packIdOf(release)),
    signal,
    onProgress: ({ looked }) => {
      if (looked % 1_000 !== 0) return;
      peak = Math.max(peak, process.memoryUsage().rss);
      if (looked % 10_000 === 0) console.log(`  ${looked} of ${release.count} performers`);
    },
  });
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  await release.close();
  catalog.close();
  const plain = plainTransactionsPerSecond();
  console.log(
    `${format}: ${report.performers} performers, ${report.faces} faces in ${seconds.toFixed(0)} s ` +
      `(${cpuSeconds.toFixed(0)} s of CPU, ${((cpuSeconds * 1_000) / report.performers).toFixed(2)} ms per performer); ` +
      `memory at most ${(peak / 1e6).toFixed(0)} MB; ${(report.performers / seconds).toFixed(0)} performers per second, ` +
      `plain transactions ${plain.toFixed(0)} per second`,
  );
  if (report.performers !== wanted.performers || report.faces !== wanted.faces) {
    console.error(`Expected ${wanted.performers} performers and ${wanted.faces} faces`);
    process.exitCode = 1;
  }
  rmSync(dir, { recursive: true, force: true });
}

function aRelease(
  format: GeneratedRelease['format'],
  { performers, faces }: { performers: number; faces: number },
): GeneratedRelease {
  const people: GeneratedPerformer[] = Array.from({ length: performers }, (_, at) => ({
    id: at + 1,
    name: `Person ${at}`,
    ids: [
      ['stashdb', uuid(at)],
      ...(at % 5 === 0 ? [['fansdb', uuid(1_000_000 + at)] as [string, string]] : []),
    ],
    aliases: [[`Alias ${at}`, 'stashdb']],
    urls: [['iafd', `person${at}`, `https://www.iafd.com/person.rme/perfid=person${at}`]],
    faces: [],
  }));
  for (let label = 0; label < faces; label++) {
    const imageUrl = `https://images.example/${label}.jpg`;
    people[label % performers]?.faces.push({ label, imageUrl, source: 'stashdb' });
  }
  return { format, version: '2026.02.18', performers: people, scalar: 'f16' };
}

/** One row per transaction, forced to disk as the catalog does it. */
function plainTransactionsPerSecond(): number {
  const path = join(scratch, 'plain.db');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS t (v BLOB)');
  const insert = db.prepare('INSERT INTO t VALUES (?)');
  const began = performance.now();
  const rows = 500;
  for (let row = 0; row < rows; row++) insert.run(Buffer.alloc(2_048));
  db.close();
  return (rows * 1_000) / (performance.now() - began);
}
