import { cosineDistance, unitVector } from '../faces/unit-vector.ts';
import { samePersonThreshold } from '../faces/validate-face.ts';
import type { Matching } from '../models/pack.ts';

/** Why a face of a source of low trust is taken or not. */
export type ClusterReason =
  | 'dominant_cluster'
  | 'no_existing_faces'
  | 'no_dominant_cluster'
  | 'other_cluster'
  | 'cluster_differs';

export interface ClusterVerdict {
  accepted: boolean;
  reason: ClusterReason;
  /** Of the cluster's mean to the nearest held face, where one was measured. */
  distance: number | null;
}

/** A cluster must have so much of all faces that no other can have as much. */
const DOMINANT_SHARE = 0.5;

/**
 * Judges all faces that a source of low trust has of a performer, together: faces nearer than the pack's
 * `cluster` distance hang together, and only a cluster of more than half of them, whose mean agrees with the performer's held
 * faces, is taken. `faces` and `held` are unit vectors of the pack's matching embedder.
 */
export function judgeCluster(
  faces: readonly Float32Array[],
  held: readonly Float32Array[],
  matching: Matching,
): ClusterVerdict[] {
  const all = (reason: ClusterReason, distance: number | null = null) =>
    faces.map((): ClusterVerdict => ({ accepted: false, reason, distance }));
  if (held.length === 0) return all('no_existing_faces');
  const clusters = clusterFaces(faces, matching.cluster);
  const dominant = clusters.find((members) => members.length > faces.length * DOMINANT_SHARE);
  const mean = dominant && unitVector(dominant.flatMap((member) => faces[member] ?? []));
  if (!dominant || !mean) return all('no_dominant_cluster');
  const distance = Math.min(...held.map((one) => cosineDistance(mean, one)));
  if (distance >= samePersonThreshold(held.length, matching)) return all('cluster_differs', distance);
  return faces.map((_, index) =>
    dominant.includes(index)
      ? { accepted: true, reason: 'dominant_cluster', distance }
      : { accepted: false, reason: 'other_cluster', distance: null },
  );
}

/** Indexes of faces that hang together by distances below `maxDistance`. */
function clusterFaces(faces: readonly Float32Array[], maxDistance: number): number[][] {
  const clusters: number[][] = [];
  for (const [index, face] of faces.entries()) {
    const isNear = (member: number) => cosineDistance(face, faces[member] ?? face) < maxDistance;
    const near = clusters.filter((members) => members.some(isNear));
    for (const members of near) clusters.splice(clusters.indexOf(members), 1);
    clusters.push([...near.flat(), index]);
  }
  return clusters;
}
