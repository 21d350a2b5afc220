import { basename, join } from 'node:path';
import type { Command } from 'commander';
import type { Catalog } from '../catalog/catalog.ts';
import { openExclusionFilter } from '../exclusions/open-exclusion-filter.ts';
import { ImportError } from '../import/import-error.ts';
import { type Counts, type ImportReport, importRelease } from '../import/import-release.ts';
import { openRelease } from '../import/open-release.ts';
import type { Release } from '../import/release.ts';
import { packIdOf } from '../import/require-same-models.ts';
import { downloadFile } from '../models/download-file.ts';
import { loadPack, packIds } from '../models/load-pack.ts';
import { temporaryFolder } from '../versions/temporary-folder.ts';
import { VersionError } from '../versions/version-files.ts';
import { CliError } from './cli-error.ts';
import { connect } from './connect.ts';
import { duration, megabytes, table } from './format.ts';
import { show, type Terminal } from './terminal.ts';

/** How often the progress is printed, ms. */
const PROGRESS_EVERY_MS = 2_000;

type WithCatalog = (use: (catalog: Catalog) => Promise<void>) => Promise<void>;

/** Adds `catalog import`, which may make the catalog that it fills. */
export function addImport(catalogs: Command, terminal: Terminal, withCatalog: WithCatalog): void {
  catalogs
    .command('import')
    .description(
      'start from a published release: performers, ids, links and faces of a version of stash-sense, of stash-sense2, or of our own',
    )
    .argument('<release>', 'its zip file, a folder with its files, or the address of its zip')
    .argument('[deltas...]', 'delta zips of stash-sense2 that lead on from it, files or addresses')
    .option('--json', 'as JSON')
    .action((from: string, deltas: string[], options: { json?: boolean }) =>
      withCatalog(async (catalog) => {
        const report = await importFrom([from, ...deltas], catalog, terminal).catch(rethrow);
        show(terminal, options, report, () => describe(report));
      }),
    );
}

async function importFrom(places: string[], catalog: Catalog, terminal: Terminal): Promise<ImportReport> {
  const api = connect(terminal);
  const { interrupted: signal } = terminal;
  const folders: { remove: () => void }[] = [];
  try {
    const paths: string[] = [];
    for (const place of places) {
      if (!/^https?:\/\//i.test(place)) paths.push(place);
      else {
        const fetched = await download(place, terminal);
        folders.push(fetched);
        paths.push(fetched.path);
      }
    }
    const [full = '', ...deltas] = paths;
    const release = await openRelease(full, deltas);
    try {
      const packId = packIdOf(release);
      if (!packIds().includes(packId)) {
        throw new ImportError(
          'other_models',
          `Its vectors were made with the model pack ${packId}, which this program does not know`,
        );
      }
      const owner = catalog.forOwner();
      // A release may hold people who have opted out since: without the list of exclusions nothing is imported.
      const exclusionFilter = await openExclusionFilter(
        owner,
        (cut) => api('GET /api/exclusions', { signal: cut }),
        signal,
      );
      const onProgress = progressOf(release, terminal);
      return await importRelease(release, {
        catalog: owner,
        exclusionFilter,
        pack: loadPack(packId),
        signal,
        onProgress,
      });
    } finally {
      await release.close();
    }
  } finally {
    for (const folder of folders) folder.remove();
  }
}

async function download(
  url: string,
  { err, interrupted: signal }: Terminal,
): Promise<{ path: string; remove: () => void }> {
  const { dir, remove } = await temporaryFolder('release-');
  // The name of a delta says which versions it leads from and to.
  const path = join(dir, basename(new URL(url).pathname) || 'release.zip');
  let printedAt = 0;
  const onProgress = (received: number, total: number | null) => {
    if (Date.now() - printedAt < PROGRESS_EVERY_MS) return;
    printedAt = Date.now();
    err(`Fetched ${megabytes(received)}${total === null ? '' : ` of ${megabytes(total)}`}\n`);
  };
  try {
    await downloadFile(url, path, { onProgress, signal });
    return { path, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Prints how far it is every few seconds, with the time that is left at the rate so far. */
function progressOf(release: Release, { err }: Terminal): (counts: Counts) => void {
  const startedAt = Date.now();
  let first: number | null = null;
  let printedAt = startedAt;
  return ({ looked, faces }) => {
    first ??= looked - 1;
    const now = Date.now();
    if (now - printedAt < PROGRESS_EVERY_MS) return;
    printedAt = now;
    const perSecond = ((looked - first) * 1_000) / (now - startedAt);
    const left = duration((release.count - looked) / perSecond);
    err(`${looked} of ${release.count} performers, ${faces} faces, about ${left} left\n`);
  };
}

const REASONS: Record<string, string> = {
  no_stash_box_id: 'have no stash-box id',
  unknown_stash_box: 'are of a stash-box that no source here describes',
  removed_by_stash_box: 'were removed by their stash-box since',
  excluded: 'are excluded',
  under_age: 'are under age by their date of birth',
  under_age_at_start: 'began their career under age by the dates given',
  no_vector: 'have no usable vector in the index',
};

function describe({ performers, faces, known, dropped, wasFinished }: ImportReport): string {
  const rows = (counts: Readonly<Record<string, number>>, what: string) =>
    Object.entries(counts).map(([reason, count]) => [`  ${count}`, what, REASONS[reason] ?? reason]);
  const left = [...rows(dropped.performers, 'performers'), ...rows(dropped.faces, 'faces')];
  return [
    ...(wasFinished ? ['This release had been imported already, and nothing was changed. It brought:'] : []),
    `${performers} performers and ${faces} faces were imported.`,
    ...(known.performers + known.images > 0
      ? [
          `The catalog had ${known.performers} of the performers and ${known.images} of the images already; they stay as they are.`,
        ]
      : []),
    ...(left.length > 0 ? ['Left out:', table(left)] : []),
    'The next build asks each stash-box for what changed since the release was made.',
  ].join('\n');
}

function rethrow(error: unknown): never {
  if (error instanceof ImportError || error instanceof VersionError) {
    throw new CliError('wrongInput', error.message, { cause: error });
  }
  throw error;
}
