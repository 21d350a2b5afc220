import { type StoredRunner, storedRunnerSchema } from '@trainer/contract/leases';
import { safeName, text } from '@trainer/contract/primitives';
import { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import type { Mismatch } from '../http/protocol.ts';
import { noteRefusal } from '../runners/store.ts';

/** What is read of a request for work in a protocol that is not spoken here; whatever cannot be read has a default. */
const strangerSchema = z.object({
  runner_id: safeName,
  name: text(100).min(1).catch('a runner'),
  version: text(40).catch('unknown'),
  catalog_id: safeName.catch('unknown'),
  device: text(100).catch(''),
});

/**
 * Remembers a runner that was refused because of its protocol, so that people see it with the reason. It gets no work, so it
 * counts as no runner that could serve anything. A request that does not even say whose it is leaves no trace.
 */
export async function noteRefusedRunner(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  body: unknown,
  { verdict, program, reason }: Mismatch,
): Promise<void> {
  const { data: stranger } = strangerSchema.safeParse(body);
  if (!stranger) return;
  const known = storedRunnerSchema.safeParse(body);
  const about: StoredRunner = {
    ...(known.success ? known.data : { ...stranger, packs: [], sources: [], free_slots: 0 }),
    version: program?.version ?? stranger.version,
    refused: { verdict, reason },
  };
  await noteRefusal(db, about, clock.now());
}
