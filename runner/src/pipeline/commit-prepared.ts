import type { SourceEvent } from '../sources/source.ts';
import type { GatheredImages } from './gather-images.ts';
import { readHeldFaces } from './held-faces.ts';
import type { IngestContext } from './ingest-context.ts';
import type { Ledger } from './ledger.ts';
import { limitFaces } from './limit-faces.ts';
import type { PreparedPerformer } from './prepare-performer.ts';

type PerformerEvent = Extract<SourceEvent, { kind: 'performer' }>;

/** Commits a performer whose turn it is. Call it with the catalog's writer. */
export async function commitPrepared(
  { performer, cursor, scan }: PerformerEvent,
  prepared: PreparedPerformer,
  ledger: Ledger,
  context: IngestContext,
): Promise<void> {
  const place = { cursor, scan, remoteId: performer.record.remoteId };
  if (prepared.kind !== 'changed') return ledger.pass(place, prepared.kind === 'unchanged');
  const { images, unchanged, facesAdded } = await withinLimits(performer, prepared.gathered, context);
  await ledger.commit(
    place,
    { performer: performer.record, images, unchanged },
    {
      unchanged: false,
      images: images.length + unchanged.length,
      facesAdded,
      rejections: images.flatMap(({ outcome, reason }) =>
        outcome === 'accepted' ? [] : [reason ?? 'unknown'],
      ),
      errors: images.filter(({ outcome }) => outcome === 'failed').length,
    },
  );
}

/** Another source may have given the same performer faces since this one's images were chosen. */
async function withinLimits(
  performer: PerformerEvent['performer'],
  gathered: GatheredImages,
  context: IngestContext,
): Promise<GatheredImages> {
  if (!context.faces || gathered.facesAdded === 0) return gathered;
  const held = await readHeldFaces(performer, context, context.faces);
  const isHeld = ({ url }: { url: string }) => held.known.get(url)?.outcome === 'accepted';
  const images = limitFaces(gathered.images, held.room + gathered.images.filter(isHeld).length);
  const added = images.filter((image) => image.outcome === 'accepted' && !isHeld(image));
  return { ...gathered, images, facesAdded: added.length };
}
