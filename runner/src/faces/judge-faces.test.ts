import { describe, expect, it } from 'vitest';
import { defaultQualityPolicy, judgeFaces, type QualityPolicy } from './judge-faces.ts';
import type { Box, Detection, Landmarks } from './picture.ts';

function detection(box: Box, confidence = 0.9, noseX = 50): Detection {
  const landmarks: Landmarks = [
    [30, 40],
    [70, 40],
    [noseX, 60],
    [35, 80],
    [65, 80],
  ];
  return { box, confidence, landmarks };
}

const good: Box = [0, 0, 100, 120];
const several: QualityPolicy = { ...defaultQualityPolicy, singleFaceOnly: false };

describe('judgeFaces', () => {
  it.each([
    ['confidence', (face: Detection) => ({ ...face, confidence: Number.NaN })],
    [
      'edge',
      ({ box: [, ...rest], ...face }: Detection): Detection => ({ ...face, box: [Number.NaN, ...rest] }),
    ],
    [
      'landmark',
      ({ landmarks: [, ...rest], ...face }: Detection): Detection => ({
        ...face,
        landmarks: [[Number.POSITIVE_INFINITY, 0], ...rest],
      }),
    ],
  ])('takes no face whose %s is not a finite number, because it would pass every limit', (_, spoil) => {
    const face = spoil(detection([0, 0, 100, 100]));
    expect(() => judgeFaces(300, 300, [face], defaultQualityPolicy)).toThrow(/not finite.*models verify/);
  });

  it('gives a box without an inside a quality of 0', () => {
    const { faces } = judgeFaces(300, 300, [detection([100, 0, 0, 100])], defaultQualityPolicy);
    expect(faces).toMatchObject([{ quality: 0, rejection: 'face_too_small' }]);
  });

  it('accepts one large, sure, frontal face', () => {
    const { reason, faces } = judgeFaces(
      300,
      400,
      [detection([10.9, -3.7, 110.2, 120.9])],
      defaultQualityPolicy,
    );
    expect(reason).toBeNull();
    expect(faces[0]).toMatchObject({ rejection: null, box: [10, -3, 110, 120], yawDegrees: 0, quality: 1 });
  });

  it.each([
    ['face_too_small', detection([0, 0, 79.9, 200])],
    ['low_confidence', detection(good, 0.79)],
    ['extreme_angle', detection(good, 0.9, 71)],
    ['face_too_small', detection([0, 0, 10, 10], 0.1, 90)],
    ['low_confidence', detection(good, 0.1, 90)],
  ])('gives %s for the first check that fails', (reason, face) => {
    expect(judgeFaces(500, 500, [face], defaultQualityPolicy).faces[0]?.rejection).toBe(reason);
  });

  it('takes limits as inclusive', () => {
    const atLimits = detection([0, 0, 80, 80], 0.8, 70);
    expect(judgeFaces(300, 300, [atLimits], defaultQualityPolicy).faces[0]?.rejection).toBeNull();
  });

  it('lets a face without a yaw pass the angle check', () => {
    const face = detection(good);
    face.landmarks[1] = [30, 40];
    expect(judgeFaces(300, 300, [face], defaultQualityPolicy).faces[0]).toMatchObject({
      yawDegrees: null,
      rejection: null,
    });
  });

  it('refuses a high-trust picture with a second face, however tiny, before anything else', () => {
    const { reason, faces } = judgeFaces(
      100,
      100,
      [detection(good), detection([0, 0, 5, 5], 0.5)],
      defaultQualityPolicy,
    );
    expect(reason).toBe('multi_face');
    expect(faces.map((face) => face.rejection)).toEqual(['multi_face', 'multi_face']);
  });

  it('refuses a small picture with all that is in it', () => {
    const { reason, faces } = judgeFaces(299, 800, [detection(good)], defaultQualityPolicy);
    expect([reason, faces[0]?.rejection]).toEqual(['image_too_small', 'image_too_small']);
  });

  it('says when there is no face', () => {
    expect(judgeFaces(500, 500, [], defaultQualityPolicy)).toEqual({ reason: 'no_face', faces: [] });
  });

  it('keeps only the largest of several good faces where several are allowed', () => {
    const faces = [detection(good), detection([0, 0, 200, 150]), detection([0, 0, 500, 500], 0.3)];
    expect(judgeFaces(900, 900, faces, several).faces.map((face) => face.rejection)).toEqual([
      'not_largest',
      null,
      'low_confidence',
    ]);
  });

  it('orders faces roughly by size and confidence', () => {
    const { faces } = judgeFaces(900, 900, [detection([0, 0, 50, 50], 0.8)], several);
    expect(faces[0]?.quality).toBeCloseTo(0.2, 6);
  });
});
