import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { defaultModelsDir } from './list-packs.ts';
import { loadPack, packIds, parsePack } from './load-pack.ts';
import { formerFingerprints, packFingerprint } from './pack.ts';

const starter = loadPack('starter');
const parse = (change: object) => parsePack(stringify({ ...starter, ...change }), 'mine.yaml');

describe('the packs of the runner', () => {
  it('are three, and each is valid under the id of its file', () => {
    expect(packIds()).toEqual(['buffalo_l', 'starter', 'stash-sense']);
    expect(packIds().map((id) => loadPack(id).id)).toEqual(packIds());
  });

  it('feed channels and scales as their consumers do', () => {
    const order = (id: string) => {
      const { detector, embedders } = loadPack(id);
      return [detector, ...embedders].map(
        (one) => `${one.file} ${one.channels} (x - ${one.mean}) / ${one.scale}`,
      );
    };
    expect(order('stash-sense')).toEqual([
      'det_500m.onnx bgr (x - 127.5) / 128',
      'facenet512.onnx rgb (x - 127.5) / 127.5',
      'arcface.onnx rgb (x - 127.5) / 128',
    ]);
    expect(order('buffalo_l')).toEqual([
      'det_10g.onnx bgr (x - 127.5) / 128',
      'w600k_r50.onnx bgr (x - 127.5) / 127.5',
    ]);
  });

  it('average mirror images only where the sidecar does', () => {
    const mirrored = packIds().flatMap((id) => loadPack(id).embedders.filter((one) => one.mirror));
    expect(mirrored.map((one) => one.id)).toEqual(['facenet', 'arcface']);
  });

  it('lists the known ids when asked for another', () => {
    expect(() => loadPack('../x')).toThrow(
      'There is no model pack "../x". Choose one of: buffalo_l, starter, stash-sense.',
    );
  });
});

describe('parsePack', () => {
  it.each([
    ['a misspelt field', { licens: 'MIT' }, /Unrecognized key: "licens"/],
    [
      'a file that nothing brings',
      { embedders: [{ ...starter.embedders[0], file: 'x.onnx' }] },
      /uses x\.onnx, which none/,
    ],
    [
      'thresholds of an unknown embedder',
      { matching: { ...starter.matching, embedder: 'x' } },
      /matching\.embedder x is not/,
    ],
    [
      'steps that do not ascend',
      { matching: { ...starter.matching, samePerson: [{ heldFaces: 2, maxDistance: 0.5 }] } },
      /must start at heldFaces 1 and ascend/,
    ],
    [
      'a wrong hash',
      {
        downloads: [{ ...starter.downloads[0], files: [{ name: 'a', member: 'a', bytes: 1, sha256: 'AB' }] }],
      },
      /64 lower-case hex digits/,
    ],
  ])('refuses %s', (_, change, sentence) => {
    expect(() => parse(change)).toThrow(sentence);
    expect(() => parse(change)).toThrow(/^mine\.yaml is not a valid model pack/);
  });
});

describe('packFingerprint', () => {
  it('changes with whatever changes the vectors, and with nothing else', () => {
    const print = packFingerprint(starter);
    const [embedder] = starter.embedders;
    expect(
      packFingerprint(parse({ title: 'renamed', matching: { ...starter.matching, cluster: 0.1 } })),
    ).toBe(print);
    expect(packFingerprint(parse({ embedders: [{ ...embedder, mirror: true }] }))).not.toBe(print);
    expect(packFingerprint(parse({ detector: { ...starter.detector, scoreThreshold: 0.7 } }))).not.toBe(
      print,
    );
  });

  it('changes with our own arithmetic for the packs that it concerns, and knows what it was before', () => {
    const sidecars = loadPack('stash-sense');
    const former = formerFingerprints(sidecars);
    // Of released catalogs: a picture that was embedded under this name has to be embedded again.
    expect(former.map((print) => print.slice(0, 12))).toEqual(['551f251200ea']);
    expect(former).not.toContain(packFingerprint(sidecars));
    // Crops of 112 px are not enlarged, so nobody has to fetch those pictures again.
    expect([starter, loadPack('buffalo_l')].map(formerFingerprints)).toEqual([[], []]);
    expect(packFingerprint(starter).slice(0, 12)).toBe('936b36b54386');
  });
});

describe('defaultModelsDir', () => {
  it.each([
    [{ MODELS_DIR: '/m', DATA_DIR: '/d' }, '/m'],
    [{ DATA_DIR: '/d' }, '/d/models'],
    [{ XDG_CACHE_HOME: '/c' }, '/c/stash-sense-trainer/models'],
  ])('takes the first place that %o names', (env, folder) => {
    expect(defaultModelsDir(env)).toBe(folder);
  });
});
