import type { Command } from 'commander';
import type { CatalogStats, ReasonCount } from '../catalog/catalog-stats.ts';
import { readRunnerSettings } from '../settings.ts';
import { CliError } from './cli-error.ts';
import { table } from './format.ts';
import { hasCatalog, openRunnersCatalog } from './open-catalog.ts';
import { show, type Terminal } from './terminal.ts';

export function addCatalog(program: Command, terminal: Terminal): void {
  program
    .command('catalog')
    .description('the runner’s own database')
    .command('stats')
    .description('what the catalog holds, and why pictures and faces were rejected')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const settings = readRunnerSettings(terminal.env);
      if (!hasCatalog(settings)) {
        throw new CliError(
          'wrongInput',
          `There is no catalog in ${settings.DATA_DIR}: set DATA_DIR to the runner’s folder, or CATALOG_URL.`,
        );
      }
      const catalog = await openRunnersCatalog(settings, (message) => terminal.err(`${message}\n`));
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
