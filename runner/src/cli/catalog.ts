import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogStats, ReasonCount } from '../catalog/catalog-stats.ts';
import { openCatalog } from '../catalog/open-catalog.ts';
import { readRunnerSettings } from '../settings.ts';
import { CliError } from './cli-error.ts';
import { table } from './format.ts';
import { show, type Terminal } from './terminal.ts';

const catalogFile = (dataDir: string) => join(dataDir, 'catalog.db');

/** The catalog of `dataDir`, made when it is not there. */
export function openCatalogIn(dataDir: string): Promise<Catalog> {
  return openCatalog(catalogFile(dataDir), { now: () => new Date(), sleep, newId: randomUUID });
}

export function addCatalog(program: Command, terminal: Terminal): void {
  program
    .command('catalog')
    .description('the runner’s own database')
    .command('stats')
    .description('what the catalog in DATA_DIR holds, and why pictures and faces were rejected')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { DATA_DIR } = readRunnerSettings(terminal.env);
      if (!existsSync(catalogFile(DATA_DIR))) {
        throw new CliError(
          'wrongInput',
          `There is no catalog in ${DATA_DIR}: set DATA_DIR to the runner’s folder.`,
        );
      }
      const catalog = await openCatalogIn(DATA_DIR);
      try {
        const stats = await catalog.stats();
        show(terminal, options, { catalog_id: catalog.id, ...stats }, () => describeStats(stats));
      } finally {
        catalog.close();
      }
    });
}

function describeStats(stats: CatalogStats): string {
  const records = Object.entries(stats.records).map(([endpoint, count]) => [
    `  ${endpoint}`,
    `${count} records`,
  ]);
  const packs = stats.packs.flatMap((pack) => [
    `Model pack ${pack.pack}: ${pack.images} images, ${pack.faces} faces, ${pack.embeddings} embeddings`,
    ...rejections('image', pack.imagesByReason),
    ...rejections('face', pack.facesByReason),
  ]);
  return [
    `${stats.performers} performers, of them ${stats.performersWithFaces} with faces`,
    ...(records.length > 0 ? [table(records)] : []),
    ...packs,
  ].join('\n');
}

function rejections(what: string, counts: readonly ReasonCount[]): string[] {
  const rejected = counts.filter(({ accepted }) => !accepted);
  if (rejected.length === 0) return [];
  return [table(rejected.map(({ source, reason, count }) => [`  ${what} rejected`, source, reason, count]))];
}
