import type { Status } from '@trainer/contract/runs';
import type { Command } from 'commander';
import { connectPublicly } from './connect.ts';
import { ofTotal, table } from './format.ts';
import { show, type Terminal } from './terminal.ts';

export function addStatus(program: Command, terminal: Terminal): void {
  program
    .command('status')
    .description('what is running now, source by source')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const status = await connectPublicly(terminal)('GET /api/status');
      show(terminal, options, status, () => describeStatus(status));
    });
}

function describeStatus(status: Status): string {
  if (!status.running) return 'Nothing is running.';
  const performers = ofTotal(status.performers_processed, status.performers_total);
  const head = `Run ${status.run_id} is ${status.run_status}: ${performers} performers, ${status.faces_added} faces added, ${status.errors} errors`;
  const rows = Object.entries(status.by_source).map(([source, it]) => [
    source,
    it.status,
    `${ofTotal(it.performers_processed, it.performers_total)} performers`,
    `${it.faces_added} faces`,
    `${it.errors} errors`,
  ]);
  return rows.length === 0 ? head : `${head}\n${table(rows)}`;
}
