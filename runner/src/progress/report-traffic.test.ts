import { emptyProgress } from '@trainer/contract/progress';
import { expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { saveTaskState } from '../catalog/task-state.ts';
import { createLogger } from '../logs/logger.ts';
import { reportRunTraffic } from './report-traffic.ts';

it('sums up per host how politely the sources of one run were treated', async () => {
  const catalog = await freshCatalog();
  const figures = { requests: 3, bytes: 1_000_000, failures: 1, off_limits: 0, waited_ms: 2_000 };
  const save = (run: string, taskId: string, hosts: object) =>
    saveTaskState(catalog, { progress: { run, taskId, counters: { ...emptyProgress(), hosts } } });
  await save('7', '7.a', { 'a.example': { ...figures, refusals: { 429: 1 } } });
  await save('7', '7.b', { 'a.example': { ...figures, refusals: { 403: 1 } }, 'b.example': figures });
  await save('8', '8.a', { 'c.example': figures });
  const lines: string[] = [];
  const log = createLogger({ sinks: [({ message }) => void lines.push(message)], redact: (text) => text });
  await reportRunTraffic(catalog, '7', log);
  expect(lines).toEqual([
    'The whole run, 2 hosts: 9 requests, 3.0 MB, 2 refusals (403: 1, 429: 1), 3 tries without an answer, waited 6 s',
    'a.example: 6 requests, 2.0 MB, 2 refusals (403: 1, 429: 1), 2 tries without an answer, waited 4 s',
    'b.example: 3 requests, 1.0 MB, 1 try without an answer, waited 2 s',
  ]);
  catalog.close();
});
