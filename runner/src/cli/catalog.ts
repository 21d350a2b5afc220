import type { Command } from 'commander';
import type { Catalog } from '../catalog/catalog.ts';
import { type CatalogStats, catalogStats, type ReasonCount } from '../catalog/catalog-stats.ts';
import { listPerformersWithoutRecords, type PerformerWithoutRecords } from '../catalog/find-record.ts';
import { readRunnerSettings } from '../settings/settings.ts';
import { CliError } from './cli-error.ts';
import { table } from './format.ts';
import { addImport } from './import-release.ts';
import { hasCatalog, openRunnersCatalog } from './open-catalog.ts';
import { addRetireSource } from './retire-source.ts';
import { show, type Terminal } from './terminal.ts';

export function addCatalog(program: Command, terminal: Terminal): void {
  const catalogs = program.command('catalog').description('the runner’s own database');
  catalogs
    .command('stats')
    .description('what the catalog holds, and why pictures and faces were rejected')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) =>
      withCatalog(terminal, async (catalog) => {
        const stats = await catalogStats(catalog);
        show(terminal, options, { catalog_id: catalog.id, ...stats }, () => describeStats(stats));
      }),
    );
  catalogs
    .command('check')
    .description(
      'whether every accepted face belongs to a performer that a source still has; changes nothing',
    )
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) =>
      withCatalog(terminal, async (catalog) => {
        const strays = await listPerformersWithoutRecords(catalog);
        show(terminal, options, { catalog_id: catalog.id, strays }, () => describeStrays(strays));
        if (strays.length > 0) {
          throw new CliError(
            'failed',
            'The catalog has faces under performers without a live record. The next run repairs that before it publishes.',
          );
        }
      }),
    );
  addRetireSource(catalogs, terminal, (use) => withCatalog(terminal, use));
  addImport(catalogs, terminal, (use) => useCatalog(terminal, use));
}

async function withCatalog(terminal: Terminal, use: (catalog: Catalog) => Promise<void>): Promise<void> {
  const settings = readRunnerSettings(terminal.env);
  if (!hasCatalog(settings)) {
    throw new CliError(
      'wrongInput',
      `There is no catalog in ${settings.DATA_DIR}: set DATA_DIR to the runner’s folder, or CATALOG_URL.`,
    );
  }
  return useCatalog(terminal, use);
}

/** The same, and makes the catalog when it is not there. */
async function useCatalog(terminal: Terminal, use: (catalog: Catalog) => Promise<void>): Promise<void> {
  const settings = readRunnerSettings(terminal.env);
  const catalog = await openRunnersCatalog(settings, (message) => terminal.err(`${message}\n`));
  try {
    await use(catalog);
  } finally {
    catalog.close();
  }
}

function describeStrays(strays: readonly PerformerWithoutRecords[]): string {
  if (strays.length === 0) return 'Every accepted face belongs to a performer with a live record';
  const rows = strays.map(({ performerId, faces, records }) => [
    `  performer ${performerId}`,
    `${faces} faces`,
    records.join(' '),
  ]);
  return ['Without a live record:', table(rows)].join('\n');
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
