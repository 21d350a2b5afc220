import { existsSync, statSync } from 'node:fs';
import type { Client } from '@libsql/client/web';
import { describeRows, type Reader } from '../../../backup/list-contents.ts';
import { readHeader, readPages } from '../../../backup/read-pages.ts';
import { tableRules } from '../../../backup/table-rules.ts';
import { describeNewer, schemaNumber } from '../../../db/migrate.ts';
import { realClock } from '../../real-clock.ts';
import { openClient, type Place, placeOf } from '../open-database.ts';
import { readNodeSettings } from '../settings.ts';
import { CliError, parseFileArgument, type Terminal } from './command.ts';
import { writeBackupFile } from './write-backup-file.ts';

/** Writes everything but secrets into one file. The control plane may be running. */
export async function backup(args: readonly string[], { env, out }: Terminal): Promise<void> {
  const { file } = parseFileArgument(args);
  const place = placeOf(readNodeSettings(env));
  if (existsSync(file)) throw new CliError('refused', `${file} exists already: take another name.`);
  if ('file' in place && !existsSync(place.file)) {
    throw new CliError('wrongInput', `There is no database ${place.file}: DATA_DIR says where to look.`);
  }
  const client = openClient(place);
  try {
    const { schema, rows } = await fromSnapshot(client, place, async (reader) => {
      const header = await readHeader(reader, realClock.now());
      if (header.schema > schemaNumber) {
        throw new CliError('refused', describeNewer(header.schema, schemaNumber));
      }
      const rows = await writeBackupFile(file, header, readPages(reader));
      return { schema: header.schema, rows };
    });
    out(describe(file, schema, rows));
    if (!('file' in place)) out(await weaknessOf(client));
  } finally {
    client.close();
  }
}

/**
 * A file is read in one transaction: the backup is one moment, and whoever writes meanwhile does not wait. Over HTTP a
 * transaction of many requests would be cut off by the server, so there each page is a moment of its own.
 */
async function fromSnapshot<T>(
  client: Client,
  place: Place,
  read: (reader: Reader) => Promise<T>,
): Promise<T> {
  if (!('file' in place)) return read(client);
  const transaction = await client.transaction('read');
  try {
    return await read(transaction);
  } finally {
    transaction.close();
  }
}

/** What is said about a backup that was not read in one moment. */
async function weaknessOf(client: Client): Promise<string> {
  const { rows } = await client.execute(
    'SELECT id FROM runs WHERE finished_at IS NULL AND started_at IS NOT NULL',
  );
  if (rows.length === 0) return '';
  return `Run ${rows[0]?.id} is active. Over HTTP a backup is exact only while no run is: what this one did meanwhile may be in it in part.
`;
}

function describe(file: string, schema: number, rows: Readonly<Record<string, number>>): string {
  const leftOut = Object.entries(tableRules).flatMap(([name, rule]) => {
    const table = name.replaceAll('_', ' ');
    if ('leftOut' in rule) return [`  ${table}: ${rule.leftOut}`];
    return rule.instead ? [`  ${table}: ${Object.keys(rule.instead).join(', ')}`] : [];
  });
  return `${file} holds ${describeRows(rows) || 'nothing yet'} (schema ${schema}, ${statSync(file).size} bytes).
Not in it:
${leftOut.join('\n')}
  the files of versions: copy them too
`;
}
