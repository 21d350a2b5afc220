import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { withCleanUp } from '@trainer/async/with-clean-up';
import { type VersionView, versionNumber } from '@trainer/contract/versions';
import type { Command } from 'commander';
import { openVersion } from '../versions/read-version.ts';
import { temporaryFolder } from '../versions/temporary-folder.ts';
import { CliError } from './cli-error.ts';
import { connect } from './connect.ts';
import { downloadArtifact } from './download-artifact.ts';
import { table } from './format.ts';
import { describeVersion, inspectVersion } from './inspect-version.ts';
import { show, type Terminal } from './terminal.ts';

export function addVersions(program: Command, terminal: Terminal): void {
  const versions = program.command('versions').description('the versions that were published');
  addList(versions, terminal);
  addInspect(versions, terminal);
  addDownload(versions, terminal);
}

function addList(versions: Command, terminal: Terminal): void {
  versions
    .command('list', { isDefault: true })
    .description('all versions, newest first')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const list = await connect(terminal)('GET /api/versions');
      show(terminal, options, list, () => listVersions(list));
    });
}

function addInspect(versions: Command, terminal: Terminal): void {
  versions
    .command('inspect')
    .description('checks a version as a sidecar would read it, and shows what it holds')
    .argument('<version>', 'number of a published version, or path of a zip or a folder')
    .option('--search <text>', 'also look for performers by name or alias')
    .option('--json', 'as JSON')
    .action(async (which: string, options: { search?: string; json?: boolean }) => {
      const found = await withLocalFiles(which, terminal, (path) => inspect(path, options.search));
      show(terminal, options, found, () => describeVersion(found));
      if (found.problems.length > 0) throw new CliError('failed', 'The version is not sound: see above.');
    });
}

function addDownload(versions: Command, terminal: Terminal): void {
  versions
    .command('download')
    .description('fetches a version’s file and checks its hash; what is there already is not fetched again')
    .argument('[version]', 'number of the version; the newest without it')
    .option('--to <folder>', 'where to', '.')
    .option('--all', 'every artifact, manifest and signature included')
    .option('--json', 'as JSON')
    .action(async (version: string | undefined, options: { to: string; all?: boolean; json?: boolean }) => {
      const wanted = await findVersion(version, terminal);
      const artifacts = wanted.artifacts.filter(({ name }) => options.all || name === wanted.filename);
      await mkdir(options.to, { recursive: true });
      const paths: string[] = [];
      for (const artifact of artifacts) {
        const request = { version: wanted.version, artifact, folder: options.to };
        paths.push(await downloadArtifact(connect(terminal), request, terminal));
      }
      show(terminal, options, { version: wanted.version, files: paths }, () => paths.join('\n'));
    });
}

async function inspect(path: string, search: string | undefined) {
  const reader = await openVersion(path);
  return withCleanUp(
    () => inspectVersion(reader, search),
    () => reader.close(),
  );
}

/** A path is taken as it is; a published version is fetched into a temporary folder first. */
async function withLocalFiles<T>(
  which: string,
  terminal: Terminal,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (existsSync(which)) return use(which);
  if (!versionNumber.safeParse(which).success) {
    throw new CliError(
      'wrongInput',
      `${which} is neither a version number (YYYY.MM.DD) nor a file or folder here.`,
    );
  }
  const { version, filename, artifacts } = await findVersion(which, terminal);
  const { dir: folder, remove } = await temporaryFolder('stash-sense-version-');
  try {
    const artifact = artifacts.find(({ name }) => name === filename);
    if (!artifact) throw new CliError('failed', `Version ${version} does not list its own file ${filename}.`);
    return await use(await downloadArtifact(connect(terminal), { version, artifact, folder }, terminal));
  } finally {
    remove();
  }
}

async function findVersion(version: string | undefined, terminal: Terminal): Promise<VersionView> {
  const api = connect(terminal);
  if (version !== undefined) return api('GET /api/versions/{version}', { params: { version } });
  const [newest] = await api('GET /api/versions');
  if (newest) return newest;
  throw new CliError('refused', 'No version has been published yet. Start a run with `runner build`.');
}

function listVersions(list: readonly VersionView[]): string {
  if (list.length === 0) return 'No version has been published yet.';
  return table(
    list.map((each) => [
      each.version,
      each.created.slice(0, 16).replace('T', ' '),
      `${each.size_mb} MB`,
      `${each.performers} performers`,
      `${each.faces} faces`,
      each.model_pack,
      each.sources.join(','),
    ]),
  );
}
