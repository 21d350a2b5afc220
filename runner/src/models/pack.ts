import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Side of an aligned face crop, px: what the embedders were trained with (InsightFace, `norm_crop`). */
export const cropSize = 112;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');
const fileName = z.string().regex(/^[\w.-]+$/, 'expected a plain file name');
const unit = z.number().min(0).max(2);

const plainFile = z.strictObject({ name: fileName, sha256, bytes: z.int().positive() });
const memberFile = z.strictObject({ ...plainFile.shape, member: z.string().min(1) });

/** Where files come from: one url, members of a zip, or members of an npm package's tarball. */
const download = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), url: z.url(), files: z.tuple([plainFile]) }),
  z.strictObject({ kind: z.literal('zip'), url: z.url(), sha256, files: z.array(memberFile).min(1) }),
  z.strictObject({
    kind: z.literal('npm'),
    package: z.string().min(1),
    version: z.string().min(1),
    files: z.array(memberFile).min(1),
  }),
]);

/** Network value = (pixel - mean) / scale, planes or samples in the order of `channels`. */
const preprocessing = {
  file: fileName,
  channels: z.enum(['rgb', 'bgr']),
  mean: z.number(),
  scale: z.number().positive(),
};

const detection = { ...preprocessing, scoreThreshold: unit, nmsThreshold: unit };

const detector = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scrfd'),
    ...detection,
    inputSize: z.int().positive().multipleOf(32),
  }),
  z.strictObject({
    kind: z.literal('starter'),
    ...detection,
    inputWidth: z.int().positive(),
    inputHeight: z.int().positive(),
    landmarkFile: fileName,
    landmarkSize: z.int().positive(),
    landmarkPasses: z.int().min(1).max(4),
  }),
]);

const embedder = z.strictObject({
  id: z.string().regex(/^[a-z0-9_]+$/),
  ...preprocessing,
  size: z.int().positive(),
  layout: z.enum(['nchw', 'nhwc']),
  /** Average the vectors of the crop and of its mirror image, before normalising. */
  mirror: z.boolean(),
  dims: z.int().positive(),
  /** For files whose batch is fixed at 1: the reshape constants to open up when the file is loaded. */
  dynamicBatch: z.strictObject({ reshapes: z.array(z.string()) }).optional(),
});

/** Cosine distances (1 - cosine) of the vectors of one embedder. They belong to the pack: models differ. */
const matching = z.strictObject({
  embedder: z.string(),
  /** The row with the greatest `heldFaces` that a performer reaches rules; ascending, starting at 1. */
  samePerson: z.array(z.strictObject({ heldFaces: z.int().min(1), maxDistance: unit })).min(1),
  cluster: unit,
  duplicate: unit,
  tuned: z.string(),
});

/** What the pack's models make of the golden picture, measured on a CPU. Vectors are int8, base64. */
export const goldenResult = z.strictObject({
  faces: z.array(
    z.strictObject({
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      confidence: z.number(),
    }),
  ),
  embeddings: z.record(z.string(), z.base64()),
});

/** A named set of detector and embedders with their exact preprocessing; vectors of two packs never mix. */
export const modelPack = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9_-]+$/),
    title: z.string(),
    licence: z.string(),
    downloads: z.array(download).min(1),
    detector,
    embedders: z.array(embedder).min(1),
    matching,
    golden: goldenResult.optional(),
  })
  .superRefine((pack, context) => {
    const known = new Set(pack.downloads.flatMap((from) => from.files.map((file) => file.name)));
    const wanted = [pack.detector.file, ...pack.embedders.map((one) => one.file)];
    if (pack.detector.kind === 'starter') wanted.push(pack.detector.landmarkFile);
    for (const name of wanted.filter((name) => !known.has(name))) {
      context.addIssue(`uses ${name}, which none of its downloads brings`);
    }
    if (!pack.embedders.some((one) => one.id === pack.matching.embedder)) {
      context.addIssue(`matching.embedder ${pack.matching.embedder} is not one of its embedders`);
    }
    const steps = pack.matching.samePerson.map((step) => step.heldFaces);
    if (steps[0] !== 1 || steps.some((step, i) => i > 0 && step <= (steps[i - 1] ?? 0))) {
      context.addIssue('matching.samePerson must start at heldFaces 1 and ascend');
    }
  });

export type ModelPack = z.infer<typeof modelPack>;
export type PackDownload = ModelPack['downloads'][number];
export type PackFile = PackDownload['files'][number];
type Detector = ModelPack['detector'];
export type ScrfdDetector = Extract<Detector, { kind: 'scrfd' }>;
export type StarterDetector = Extract<Detector, { kind: 'starter' }>;
export type Embedder = ModelPack['embedders'][number];
export type Matching = ModelPack['matching'];
export type GoldenResult = z.infer<typeof goldenResult>;

/** Every file of the pack, wherever it comes from. */
export function packFiles(pack: ModelPack): PackFile[] {
  return pack.downloads.flatMap((from) => [...from.files]);
}

/**
 * Changes of this program's own arithmetic that moved the vectors of the packs they concern, oldest first. Add one here whenever
 * a crop or a network input comes out differently: catalogs then embed the pictures of those packs again.
 */
const NUMERIC_CHANGES: readonly ((pack: ModelPack) => boolean)[] = [
  // Crops are enlarged as OpenCV does it, byte for byte; before, row and column 90 of 160 were wrong.
  ({ embedders }) => embedders.some(({ size }) => size !== cropSize),
];

/** How often this program's own arithmetic has changed for the pack. */
function preprocessingRevision(pack: ModelPack): number {
  return NUMERIC_CHANGES.filter((concerns) => concerns(pack)).length;
}

/**
 * Names the embeddings that a pack makes: sha256 over its files' hashes and all preprocessing, the revision of this program's
 * own arithmetic included, as hex. Two packs with the same fingerprint make comparable vectors; thresholds and wording don't change it.
 *
 * @param revision of an earlier program, to recognise what that one has made
 */
export function packFingerprint(pack: ModelPack, revision: number = preprocessingRevision(pack)): string {
  const files = packFiles(pack)
    .map((file) => `${file.name}:${file.sha256}`)
    .sort();
  // Revision 0 is left out: catalogs were built before there were revisions.
  const named = [files, pack.detector, pack.embedders, ...(revision > 0 ? [revision] : [])];
  return createHash('sha256').update(JSON.stringify(named)).digest('hex');
}

/**
 * The fingerprints that the pack had in earlier programs, oldest first. The models are the same, so their vectors still tell one
 * person from another, though not as exactly.
 */
export function formerFingerprints(pack: ModelPack): string[] {
  return Array.from({ length: preprocessingRevision(pack) }, (_, revision) =>
    packFingerprint(pack, revision),
  );
}

/**
 * The name under which the catalog holds a pack's images and faces. It has part of the fingerprint, so that a pack whose
 * files or preprocessing change under the same id does not mix with what it was.
 */
export function packKey(pack: ModelPack): string {
  return keyOf(pack, packFingerprint(pack));
}

/** The names under which earlier programs with other arithmetic have kept what the same models made. */
export function formerPackKeys(pack: ModelPack): string[] {
  return formerFingerprints(pack).map((fingerprint) => keyOf(pack, fingerprint));
}

function keyOf({ id }: ModelPack, fingerprint: string): string {
  return `${id}@${fingerprint.slice(0, 12)}`;
}
